package dev.claudebench.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import dev.claudebench.redis.TestScripts.Settings;
import dev.claudebench.support.RedisProcess;
import io.vertx.core.Vertx;

/** A rolling update: replicas of two releases, whose scripts differ, run on one Redis. */
class TwoReleasesTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    @Test
    void scriptsOfTwoReleasesRunOnOneRedisSideBySide() {
        Vertx vertx = Vertx.vertx();
        try (RedisProcess redis = new RedisProcess().start();
                TestScripts scripts = new TestScripts(vertx, redis.uri().toString(), "cb:")) {
            Script older = Script.named("system_register");
            // the newer one replies with another message, which shows which of them ran
            Script newer = TestScripts.variant(older, "'registered'", "'registered by the newer'");
            assertThat(newer.sha1()).isNotEqualTo(older.sha1());

            long version = 0;
            for (int i = 0; i < 20; i++) {
                Script release = i % 2 == 0 ? older : newer;
                if (i == 10) {
                    redis.cli("SCRIPT", "FLUSH");
                }
                Reply reply = scripts.run(Settings.DEFAULT, release, "w" + i, "[\"worker\"]", "", "{}", "")
                        .await()
                        .atMost(TIMEOUT);
                assertThat(reply.text("message")).isEqualTo(i % 2 == 0 ? "registered" : "registered by the newer");
                assertThat(reply.number("version")).as("the version rises").isGreaterThan(version);
                version = reply.number("version");
            }
            assertThat(redis.cli("ZCARD", "cb:instances:active")).isEqualTo("20");
            assertThat(redis.cli("HGET", "cb:metrics:global", "elections")).isEqualTo("1");
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
    }
}
