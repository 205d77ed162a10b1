package dev.claudebench.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import dev.claudebench.redis.Reply;
import dev.claudebench.redis.Script;
import dev.claudebench.redis.TestScripts;
import dev.claudebench.redis.TestScripts.Settings;
import dev.claudebench.support.RedisProcess;
import io.vertx.core.Vertx;

/** The list of the benches that are swept, as the replicas share it. */
class BenchListTest {
    private static final String SWEPT_AT_ONCE = "-1";
    private static final long AGAIN = 60_000;
    private static final long LONGEST = 120_000;
    private static final String DONE = "";

    private static final Vertx VERTX = Vertx.vertx();
    private static RedisProcess redis;
    private static TestScripts replica;
    private static TestScripts other;

    @BeforeAll
    static void start() {
        redis = new RedisProcess().start();
        replica = new TestScripts(VERTX, redis.uri().toString(), "cb:");
        other = new TestScripts(VERTX, redis.uri().toString(), "cb:");
    }

    @AfterAll
    static void stop() {
        replica.close();
        other.close();
        VERTX.close().toCompletionStage().toCompletableFuture().join();
        redis.close();
    }

    @BeforeEach
    void empty() {
        redis.cli("FLUSHALL");
        add("b1");
        add("b2");
        add("b3");
    }

    @Test
    void eachBenchIsTakenByOneReplica() {
        assertThat(take(replica, 2).texts("names")).containsExactly("b1", "b2");
        assertThat(take(other, 2).texts("names")).containsExactly("b3");
        assertThat(take(replica, 2).texts("names")).isEmpty();
    }

    @Test
    void takenBenchIsRemovedUnlessItWasAddedMeanwhile() {
        String taken = take(replica, 3).text("taken");
        add("b2");
        assertThat(keep("b1", taken, DONE)).isEqualTo(1);
        assertThat(keep("b2", taken, DONE)).isZero();

        assertThat(names()).containsExactly("b2", "b3");
        assertThat(take(replica, 3).texts("names")).containsExactly("b2");
    }

    @Test
    void takenBenchIsDueWhenItsReplicaSaysSo() {
        String taken = take(replica, 3).text("taken");
        assertThat(keep("b1", taken, SWEPT_AT_ONCE)).isEqualTo(1);
        assertThat(keep("b2", taken, Long.toString(LONGEST))).isEqualTo(1);

        assertThat(take(other, 3).texts("names")).containsExactly("b1");
    }

    @Test
    void benchesAreDueAfterTheClockWasSetBack() {
        String taken = take(replica, 3).text("taken");
        redis.cli("ZADD", "cb:benches:due", Long.toString(Long.parseLong(taken) + Duration.ofHours(1).toMillis()),
                "b2");

        assertThat(take(replica, 3).texts("names")).containsExactly("b2");
    }

    private static void add(String bench) {
        run(replica, "benches_add", bench, SWEPT_AT_ONCE, 10);
    }

    private static Reply take(TestScripts by, int most) {
        return run(by, "benches_take", most, AGAIN, LONGEST, "");
    }

    private static long keep(String bench, String taken, String delay) {
        return run(replica, "benches_keep", bench, taken, delay).number("kept");
    }

    private static List<String> names() {
        return redis.cli("ZRANGE", "cb:benches:names", "0", "-1").lines().toList();
    }

    private static Reply run(TestScripts by, String script, Object... arguments) {
        return by.run(Settings.DEFAULT, Script.named(script), arguments).await().atMost(Duration.ofSeconds(30));
    }
}
