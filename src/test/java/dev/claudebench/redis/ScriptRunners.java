package dev.claudebench.redis;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;

import org.jspecify.annotations.NullMarked;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Redis;

/** Makes what runs scripts without the rest of the service: each is one replica as Redis sees it. */
@NullMarked
public final class ScriptRunners {
    private ScriptRunners() {}

    public static ScriptRunner on(Redis redis, Vertx vertx) {
        return new ScriptRunner(redis, vertx, new Patient(), new SimpleMeterRegistry());
    }

    /** The script with one passage of its text replaced, such as a bound that a test wants to be small. */
    public static Script variant(Script script, String passage, String replacement) {
        String source = script.source().replace(passage, replacement);
        ScriptText text = script.text();
        return new Script(script.name(), new ScriptText(source, sha1(source), text.settings(), text.arguments()));
    }

    private static String sha1(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static final class Patient implements RedisConfig {
        @Override
        public String keyPrefix() {
            return "cb:";
        }

        @Override
        public Duration timeout() {
            return Duration.ofSeconds(30);
        }

        @Override
        public int streamLength() {
            return 10_000;
        }
    }
}
