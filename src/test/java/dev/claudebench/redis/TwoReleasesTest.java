package dev.claudebench.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;

import dev.claudebench.support.RedisProcess;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Redis;

/** A rolling update: replicas of two releases, whose scripts differ, run on one Redis. */
class TwoReleasesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final long TTL = 30_000;

    @Test
    void scriptsOfTwoReleasesRunOnOneRedisSideBySide() {
        Vertx vertx = Vertx.vertx();
        try (RedisProcess redis = new RedisProcess().start()) {
            Redis client = Redis.createClient(vertx, redis.uri().toString());
            ScriptRunner runner = ScriptRunners.on(client, vertx);
            Script older = Script.named("system_register");
            // the newer one answers with another message, so that it can be told which of them ran
            Script newer = ScriptRunners.variant(older, "'registered'", "'registered by the newer'");
            assertThat(newer.sha1()).isNotEqualTo(older.sha1());

            for (int i = 0; i < 20; i++) {
                Script release = i % 2 == 0 ? older : newer;
                if (i == 10) {
                    redis.cli("SCRIPT", "FLUSH");
                }
                Reply reply = runner.run(release, "cb:", List.of(TTL, 10, 1000, "w" + i, "[\"worker\"]", "", "{}"))
                        .await()
                        .atMost(PATIENCE);
                assertThat(reply.text("message")).isEqualTo(i % 2 == 0 ? "registered" : "registered by the newer");
                assertThat(reply.number("version")).isEqualTo(i + 1);
            }
            assertThat(redis.cli("ZCARD", "cb:instances:active")).isEqualTo("20");
            assertThat(redis.cli("GET", "cb:leader:term")).isEqualTo("1");
            client.close();
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
    }
}
