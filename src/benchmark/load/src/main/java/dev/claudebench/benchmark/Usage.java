package dev.claudebench.benchmark;

import java.time.Duration;

/**
 * What a program and its Redis have used so far.
 *
 * @param cpu the processor time of the program
 * @param redisCpu the processor time of Redis
 * @param scripts from {@code INFO commandstats}
 */
record Usage(Duration cpu, Duration redisCpu, RedisTime scripts) {

    /**
     * The cost of one call.
     *
     * @param cpuMicros processor time of the program
     * @param redisCpuMicros processor time of Redis
     * @param scriptMicros duration of all its scripts (of the {@code PING} at the floor)
     * @param scripts how many scripts
     * @param commands how many commands, those in scripts included
     */
    record Cost(double cpuMicros, double redisCpuMicros, double scriptMicros, double scripts, double commands) {}

    /** The mean cost of so many calls that were made since then. */
    Cost since(Usage before, long calls) {
        RedisTime spent = scripts.since(before.scripts);
        return new Cost(cpu.minus(before.cpu).toNanos() / 1e3 / calls,
                redisCpu.minus(before.redisCpu).toNanos() / 1e3 / calls, (double) spent.micros() / calls,
                (double) spent.scripts() / calls, (double) spent.commands() / calls);
    }
}
