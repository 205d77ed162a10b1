package dev.claudebench.benchmark;

import java.time.Duration;
import java.util.List;

/**
 * What is called when: the case alone, or the floor and the case in turns of a few seconds, so that both find the machine as fast or
 * as slow as it is. Who goes first changes from round to round, so that one has two turns in a row then. First all is warmed up,
 * in the same turns, and nothing counts.
 *
 * @param warmup how long nothing counts
 * @param turn how long a turn is
 * @param rounds how many rounds count, each a turn of the case and, with the floor, one of that
 * @param hasFloor whether the floor has turns
 */
record Plan(Duration warmup, Duration turn, int rounds, boolean hasFloor) {
    /** Where there are turns: how long calls do not count at the beginning of one, while those of the turn before end. */
    private static final Duration LEAD = Duration.ofMillis(500);
    private static final Duration SETTLING_TURN = Duration.ofSeconds(2);

    /** The case alone. */
    static Plan alone(Duration warmup, Duration measured) {
        return new Plan(warmup, measured, 1, false);
    }

    /** The case and the floor, so long each in each round. */
    static Plan inTurns(Duration warmup, Duration measured, int rounds) {
        return new Plan(warmup, measured.plus(LEAD), rounds, true);
    }

    /** Nothing but a warm-up. */
    static Plan settling(Duration warmup, boolean hasFloor) {
        return new Plan(warmup, SETTLING_TURN, 0, hasFloor);
    }

    /**
     * One point in time.
     *
     * @param floor whether the floor is called
     * @param round which one it is; negative, or too many, before and after those that count
     * @param counts whether a call that begins now counts
     */
    record Now(boolean floor, int round, boolean counts) {}

    /** What is to be done so long after the beginning. */
    Now at(long nanos) {
        long into = nanos - warmup.toNanos();
        int turns = hasFloor ? 2 : 1;
        int index = (int) Math.floorDiv(into, turn.toNanos());
        int round = Math.floorDiv(index, turns);
        boolean first = Math.floorMod(index, turns) == 0;
        boolean floorFirst = Math.floorMod(round, 2) == 0;
        boolean begun = Math.floorMod(into, turn.toNanos()) >= lead().toNanos();
        return new Now(hasFloor && first == floorFirst, round, round >= 0 && round < rounds && begun);
    }

    /** How long calls of one program count in one round. */
    Duration counted() {
        return turn.minus(lead());
    }

    Duration total() {
        return warmup.plus(turn.multipliedBy(rounds * (hasFloor ? 2L : 1L)));
    }

    private Duration lead() {
        return hasFloor ? LEAD : Duration.ZERO;
    }

    /** For {@link #parse}. */
    @Override
    public String toString() {
        return String.join(",", warmup.toString(), turn.toString(), String.valueOf(rounds),
                String.valueOf(hasFloor));
    }

    static Plan parse(String text) {
        List<String> parts = List.of(text.split(","));
        return new Plan(Duration.parse(parts.get(0)), Duration.parse(parts.get(1)), Integer.parseInt(parts.get(2)),
                Boolean.parseBoolean(parts.get(3)));
    }
}
