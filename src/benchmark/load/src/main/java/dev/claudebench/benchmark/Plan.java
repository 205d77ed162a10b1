package dev.claudebench.benchmark;

import java.time.Duration;
import java.util.List;

/**
 * Which program is called when. Several programs are called in turns of a few seconds, so that each meets the same speed of a shared
 * machine. The program that goes first changes from round to round. Calls in the warm-up do not count.
 *
 * @param warmup how long nothing counts
 * @param turn the length of a turn
 * @param rounds how many rounds count; each program has one turn in a round
 * @param programs how many programs have turns
 */
record Plan(Duration warmup, Duration turn, int rounds, int programs) {
    /** Calls do not count at the beginning of a turn, while calls of the turn before end. */
    private static final Duration LEAD = Duration.ofMillis(500);
    private static final Duration SETTLING_TURN = Duration.ofSeconds(2);

    /** One program without a pause. */
    static Plan alone(Duration warmup, Duration measured) {
        return new Plan(warmup, measured, 1, 1);
    }

    static Plan inTurns(Duration warmup, Duration measured, int rounds, int programs) {
        return new Plan(warmup, measured.plus(LEAD), rounds, programs);
    }

    /** A warm-up alone. */
    static Plan settling(Duration warmup, int programs) {
        return new Plan(warmup, SETTLING_TURN, 0, programs);
    }

    /**
     * One point in time.
     *
     * @param program the index of the program to call
     * @param round out of range before and after the rounds that count
     * @param counts whether a call that begins now counts
     */
    record Now(int program, int round, boolean counts) {}

    /** @param nanos the time since the start of the load */
    Now at(long nanos) {
        long into = nanos - warmup.toNanos();
        int index = (int) Math.floorDiv(into, turn.toNanos());
        int round = Math.floorDiv(index, programs);
        boolean begun = Math.floorMod(into, turn.toNanos()) >= lead().toNanos();
        return new Now(Math.floorMod(index + round, programs), round, round >= 0 && round < rounds && begun);
    }

    /** How long calls of one program count in one round. */
    Duration counted() {
        return turn.minus(lead());
    }

    Duration total() {
        return warmup.plus(turn.multipliedBy((long) rounds * programs));
    }

    private Duration lead() {
        return programs > 1 ? LEAD : Duration.ZERO;
    }

    /** For {@link #parse}. */
    @Override
    public String toString() {
        return String.join(",", warmup.toString(), turn.toString(), String.valueOf(rounds),
                String.valueOf(programs));
    }

    static Plan parse(String text) {
        List<String> parts = List.of(text.split(","));
        return new Plan(Duration.parse(parts.get(0)), Duration.parse(parts.get(1)), Integer.parseInt(parts.get(2)),
                Integer.parseInt(parts.get(3)));
    }
}
