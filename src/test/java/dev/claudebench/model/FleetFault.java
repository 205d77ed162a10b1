package dev.claudebench.model;

import java.util.Set;
import java.util.stream.Collectors;

import org.jspecify.annotations.NullMarked;

import dev.claudebench.redis.Reply;

/** What can happen to the Redis of a fleet, and the sweep that notices it. */
@NullMarked
sealed interface FleetFault extends FleetAction {
    /** Longer than anything lasts: instances, ended tasks and idempotency keys. */
    int HOURS = 2;

    /** No script runs for a long time. Nobody dies of it. */
    record Outage() implements FleetFault {
        @Override
        public void run(FleetRun run) {
            Set<String> alive = aliveAt(lastRun(run.redis()), run.redis());
            run.setClockForward(HOURS);
            Reply reply = run.call("sweep");
            run.model().revive(alive);
            run.model().restoreLease();
            run.expect("expired", run.model().sweepByTimer(run.capacity()), reply.count("expired"));
            run.expect("an outage", !alive.isEmpty(), reply.number("silence") > 0);
        }
    }

    /** The clock is set back. Whoever has a deadline in the future again is alive, and nobody for longer than usual. */
    record ClockBack() implements FleetFault {
        @Override
        public void run(FleetRun run) {
            run.setClockForward(-HOURS);
            Reply reply = run.call("sweep");
            long now = lastRun(run.redis());
            run.model().revive(aliveAt(now - HOURS * 3_600_000L, run.redisBefore()));
            run.expect("expired", run.model().sweepByTimer(run.capacity()), reply.count("expired"));
        }
    }

    /** A replica of Redis, or its disk, gets what Redis holds now. */
    record Save() implements FleetFault {
        @Override
        public void run(FleetRun run) {
            run.save();
        }
    }

    /** Redis comes back as it was saved last. */
    record Rollback() implements FleetFault {
        @Override
        public void run(FleetRun run) {
            run.rollBack();
        }
    }

    private static long lastRun(FleetSnapshot redis) {
        String lastRun = redis.text("time:last-run");
        return lastRun.isEmpty() ? 0 : Long.parseLong(lastRun);
    }

    private static Set<String> aliveAt(long time, FleetSnapshot redis) {
        return redis.zset("instances:active")
                .entrySet()
                .stream()
                .filter(instance -> instance.getValue() > time)
                .map(instance -> instance.getKey())
                .collect(Collectors.toSet());
    }
}
