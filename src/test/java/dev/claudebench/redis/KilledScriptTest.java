package dev.claudebench.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

import dev.claudebench.method.Failure;
import dev.claudebench.redis.TestScripts.Settings;
import dev.claudebench.support.RedisProcess;
import io.vertx.core.Vertx;

@NullMarked
class KilledScriptTest {

    @Test
    void scriptKilledByAnOperatorIsNotExecuted() {
        Vertx vertx = Vertx.vertx();
        try (RedisProcess redis = new RedisProcess("--busy-reply-threshold", "100").start();
                TestScripts scripts = new TestScripts(vertx, redis.uri().toString(), "cb:")) {
            Script endless = TestScripts.variant(Script.named("system_register"),
                    "local swept = sweepExpired(ctx)", "while true do redis.call('GET', ctx.keys.term) end");
            CompletableFuture<Throwable> failure = scripts
                    .run(Settings.DEFAULT, endless, "w", "[]", "", "{}")
                    .subscribeAsCompletionStage()
                    .handle((reply, thrown) -> thrown);

            await().ignoreExceptions().until(() -> redis.cli("SCRIPT", "KILL").equals("OK"));

            assertThat(failure.join()).isInstanceOfSatisfying(Failure.Unavailable.class,
                    thrown -> assertThat(thrown.data()).hasToString(
                            new Failure.Unavailable("", Failure.Outcome.NOT_EXECUTED, null).data() + ""));
            assertThat(redis.cli("DBSIZE")).isEqualTo("0");
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
    }
}
