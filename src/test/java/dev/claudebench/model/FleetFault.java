package dev.claudebench.model;

import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import org.jspecify.annotations.NullMarked;

import dev.claudebench.model.FleetRun.Life;
import dev.claudebench.redis.Reply;

/** What can happen to the Redis of a fleet, and the sweep that notices it. */
@NullMarked
sealed interface FleetFault extends FleetAction {
    /** Longer than anything lasts: instances, ended tasks and idempotency keys. */
    int LONG_TICKS = 120;

    /** Time passes, but not so much that it looks like an outage. */
    record Wait(int ticks) implements FleetFault {
        @Override
        public void run(FleetRun run) {
            run.moveClock(ticks);
            run.call("system_metrics");
        }
    }

    /** No script runs for a long time. Nobody dies of it. */
    record Outage() implements FleetFault {
        @Override
        public void run(FleetRun run) {
            long lastRun = lastRun(run.redis());
            Set<String> alive = membersAfter(lastRun, run.redis().zset("instances:active"));
            Set<String> leased = membersAfter(lastRun, run.redis().zset("tasks:leases"));
            run.moveClock(LONG_TICKS);
            Reply reply = run.call("sweep", 0, 0);
            run.model().revive(alive, Life.LONG.ticks);
            run.model().restoreLease();
            run.model().work.renewLeases(leased);
            run.expect("expired", run.model().sweepByTimer(), reply.count("expired"));
            run.expect("an outage", !alive.isEmpty(), reply.number("silence") > 0);
        }
    }

    /** The clock is set back. Whoever has a deadline in the future again is alive, and nobody for longer than usual. */
    record ClockBack() implements FleetFault {
        @Override
        public void run(FleetRun run) {
            Set<String> leased = membersAfter(lastRun(run.redis()), run.redis().zset("tasks:leases"));
            run.moveClock(-LONG_TICKS);
            Reply reply = run.call("sweep", 0, 0);
            FleetModel model = run.model();
            model.revive(model.alive().stream().map(one -> one.id).collect(Collectors.toSet()), Life.LONG.ticks);
            model.work.renewLeases(leased);
            run.expect("expired", model.sweepByTimer(), reply.count("expired"));
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

    private static Set<String> membersAfter(long time, Map<String, Double> index) {
        return index.entrySet()
                .stream()
                .filter(member -> member.getValue() > time)
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }
}
