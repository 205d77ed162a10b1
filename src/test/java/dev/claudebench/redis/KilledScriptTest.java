package dev.claudebench.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

import dev.claudebench.method.Failure;
import dev.claudebench.support.RedisProcess;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Redis;

@NullMarked
class KilledScriptTest {

    @Test
    void scriptOfOursThatAnOperatorKillsHasNotBeenExecuted() {
        Vertx vertx = Vertx.vertx();
        try (RedisProcess redis = new RedisProcess("--busy-reply-threshold", "100").start()) {
            Redis client = Redis.createClient(vertx, redis.uri().toString());
            Script endless = ScriptRunners.variant(Script.named("system_register"), "local prefix = KEYS[1]",
                    "local prefix = KEYS[1]\nwhile true do redis.call('GET', prefix) end");
            CompletableFuture<Throwable> failure = ScriptRunners.on(client, vertx)
                    .run(endless, "cb:", List.of(1, 1, 1, "w", "[]", "", "{}"))
                    .subscribeAsCompletionStage()
                    .handle((reply, thrown) -> thrown);

            await().ignoreExceptions().until(() -> redis.cli("SCRIPT", "KILL").equals("OK"));

            assertThat(failure.join()).isInstanceOfSatisfying(Failure.Unavailable.class,
                    told -> assertThat(told.data()).hasToString(
                            new Failure.Unavailable("", Failure.Outcome.NOT_EXECUTED, null).data() + ""));
            assertThat(redis.cli("DBSIZE")).isEqualTo("0");
            client.close();
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
    }
}
