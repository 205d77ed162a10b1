package dev.claudebench.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import org.junit.jupiter.api.Test;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.method.Json;
import dev.claudebench.support.FleetTest;
import io.quarkus.test.junit.QuarkusTest;

/** What becomes of the snapshots of each minute. No sweep adds to them here. */
@QuarkusTest
class HistoryTest extends FleetTest {
    private static final long MINUTE = Duration.ofMinutes(1).toMillis();

    /** The beginning of the current minute, by the clock of Redis. */
    private long minute() {
        long now = redis.execute("TIME").get(0).toLong() * 1000;
        return now - now % MINUTE;
    }

    private void snapshot(long time, String... counters) {
        List<String> command = new ArrayList<>(List.of("cb:metrics:minutes", time + "-0"));
        Collections.addAll(command, counters);
        redis.execute("XADD", command.toArray(String[]::new));
    }

    private JsonNode minutes() {
        return rpc("system.history").result().get("minutes");
    }

    @Test
    void minuteIsTheDifferenceOfTheSnapshotsAtItsBeginningAndItsEnd() {
        long minute = minute();
        snapshot(minute - 2 * MINUTE, "tasksCreated", "10", "tasksCompleted", "5", "tasksFailed", "1", "calls", "100",
                "workers", "9", "tasksPending", "9", "tasksInProgress", "9");
        snapshot(minute - MINUTE, "tasksCreated", "17", "tasksCompleted", "8", "tasksFailed", "3", "tasksDied", "1",
                "tasksCancelled", "2", "calls", "150", "refusals", "4", "workers", "3", "tasksPending", "6",
                "tasksInProgress", "2");
        snapshot(minute, "tasksCreated", "18", "tasksCompleted", "8", "tasksFailed", "3", "tasksDied", "1",
                "tasksCancelled", "2", "calls", "151", "refusals", "4");

        assertThat(minutes()).isEqualTo(Json
                .read("""
                      [{"from":%d,"created":7,"completed":3,"failed":2,"died":1,"cancelled":2,"calls":50,"refusals":4,\
                      "pending":6,"inProgress":2,"workers":3},\
                      {"from":%d,"created":1,"completed":0,"failed":0,"died":0,"cancelled":0,"calls":1,"refusals":0,\
                      "pending":0,"inProgress":0,"workers":0}]""".formatted(minute - 2 * MINUTE, minute - MINUTE)));
    }

    @Test
    void countIsNotNegativeAfterRedisHasLostWrites() {
        long minute = minute();
        snapshot(minute - MINUTE, "tasksCreated", "10");
        snapshot(minute, "tasksCreated", "7");

        assertThat(minutes()).hasSize(1);
        assertThat(minutes().at("/0/created").longValue()).isZero();
    }

    @Test
    void minutesWithoutASnapshotAtBothEndsAreLeftOut() {
        long minute = minute();
        snapshot(minute - 5 * MINUTE, "tasksCreated", "1");
        snapshot(minute - 4 * MINUTE, "tasksCreated", "3");
        snapshot(minute - 2 * MINUTE, "tasksCreated", "1000");
        snapshot(minute - MINUTE, "tasksCreated", "1004");

        assertThat(minutes()).extracting(each -> each.get("from").longValue())
                .containsExactly(minute - 5 * MINUTE, minute - 2 * MINUTE);
        assertThat(minutes()).extracting(each -> each.get("created").intValue()).containsExactly(2, 4);
    }

    @Test
    void oldMinutesAndThoseOfAClockThatWasAheadAreLeftOut() {
        for (long minutesAgo : List.of(121L, 120L, -120L, -121L)) {
            snapshot(minute() - minutesAgo * MINUTE, "tasksCreated", "1");
        }
        assertThat(minutes()).isEmpty();
    }
}
