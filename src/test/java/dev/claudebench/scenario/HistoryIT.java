package dev.claudebench.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.stream.StreamSupport;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.support.RedisProcess;
import dev.claudebench.support.Rpc;
import dev.claudebench.support.ServiceProcess;

/** The history of the last hour that the sweeps of two replicas write. The clock is moved by whole minutes. */
class HistoryIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final long MINUTE = Duration.ofMinutes(1).toMillis();
    private static final String MINUTES = "cb:metrics:minutes";

    private RedisProcess redis;
    private ServiceProcess one;
    private ServiceProcess other;

    @BeforeEach
    void start() {
        redis = new RedisProcess().start();
        one = startService();
        other = startService();
        await("the first snapshot").atMost(TIMEOUT).until(() -> snapshots() > 0);
        await("a minute that does not end soon").atMost(TIMEOUT).until(() -> now() - minute() < MINUTE * 2 / 3);
    }

    private ServiceProcess startService() {
        return ServiceProcess.start("-Dquarkus.redis.hosts=" + redis.uri(),
                "-Dclaudebench.rate-limit.\"task.create\".limit=3");
    }

    @AfterEach
    void stop() {
        one.close();
        other.close();
        redis.close();
    }

    private long snapshots() {
        return Long.parseLong(redis.cli("XLEN", MINUTES));
    }

    private void passAMinute() {
        long before = snapshots();
        redis.moveClock(Duration.ofMinutes(1));
        await("a snapshot").atMost(TIMEOUT).until(() -> snapshots() > before);
    }

    private JsonNode minutes() {
        return Rpc.of(one).call("system.history").result().get("minutes");
    }

    private long sum(String count) {
        return StreamSupport.stream(minutes().spliterator(), false)
                .mapToLong(minute -> minute.get(count).longValue())
                .sum();
    }

    private void awaitTotal(String name, long number) {
        await(number + " " + name).atMost(TIMEOUT)
                .until(() -> redis.cli("HGET", "cb:metrics:global", name).equals(Long.toString(number)));
    }

    @Test
    void whatHappensIsInTheMinuteOnceWithTwoReplicas() {
        for (int i = 0; i < 5; i++) {
            Rpc.of(i % 2 == 0 ? one : other).call("task.create").with("text", "t" + i).response();
        }
        Rpc.of(other).call("system.register").with("id", "w1").with("roles", List.of("worker")).result();
        awaitTotal("calls", 6);
        awaitTotal("refusals", 2);

        passAMinute();

        assertThat(sum("created")).isEqualTo(3);
        assertThat(sum("calls")).isEqualTo(6);
        assertThat(sum("refusals")).isEqualTo(2);
        JsonNode last = minutes().get(minutes().size() - 1);
        assertThat(last.get("pending").longValue() + last.get("inProgress").longValue()).isZero();
        assertThat(last.get("workers").longValue()).isEqualTo(1);
        assertThat(snapshots()).as("one at each end of a minute").isEqualTo(minutes().size() + 1);
    }

    @Test
    void historyIsTheLastSixtyMinutes() {
        redis.cli("EVAL", """
                          redis.call('DEL', KEYS[1])
                          for i = 70, 0, -1 do
                            redis.call('XADD', KEYS[1], ARGV[1] - i * 60000 .. '-0', 'tasksCreated', '1')
                          end""", "1", MINUTES, Long.toString(minute()));
        redis.moveClock(Duration.ofMinutes(1));

        await("the oldest to go").atMost(TIMEOUT).until(() -> snapshots() == 61);
        assertThat(minutes()).hasSize(60);
        assertThat(minutes().get(59).get("from").longValue() - minutes().get(0).get("from").longValue())
                .isEqualTo(59 * MINUTE);
    }

    @Test
    void clockThatIsSetBackStartsAnotherHistory() {
        redis.moveClock(Duration.ofHours(-3));
        await("another history").atMost(TIMEOUT)
                .until(() -> redis.cli("XRANGE", MINUTES, "-", "+", "COUNT", "1")
                        .startsWith(Long.toString(minute())));
        passAMinute();
        assertThat(minutes()).isNotEmpty();
    }

    private long now() {
        return Long.parseLong(redis.cli("TIME").lines().findFirst().orElseThrow()) * 1000;
    }

    /** The beginning of the current minute. */
    private long minute() {
        long now = now();
        return now - now % MINUTE;
    }
}
