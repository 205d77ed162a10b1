package dev.claudebench.benchmark;

import java.time.Duration;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.claudebench.support.RedisProcess;

/**
 * What Redis has run so far, from {@code INFO commandstats}. The time of a script includes that of its commands.
 *
 * @param scripts how many scripts, or PINGs
 * @param micros how long these took
 * @param commands how many commands, those in scripts included
 */
record RedisTime(long scripts, long micros, long commands) {
    private static final Pattern COMMAND = Pattern.compile("cmdstat_([^:]+):calls=(\\d+),usec=(\\d+)");
    private static final Pattern CPU = Pattern.compile("used_cpu_(?:sys|user):([\\d.]+)");
    private static final Set<String> SCRIPTS = Set.of("evalsha", "eval", "fcall", "ping");

    static RedisTime of(RedisProcess redis) {
        long scripts = 0;
        long micros = 0;
        long commands = 0;
        Matcher line = COMMAND.matcher(redis.cli("INFO", "commandstats"));
        while (line.find()) {
            long calls = Long.parseLong(line.group(2));
            commands += calls;
            if (SCRIPTS.contains(line.group(1))) {
                scripts += calls;
                micros += Long.parseLong(line.group(3));
            }
        }
        return new RedisTime(scripts, micros, commands);
    }

    /** The processor time that Redis has used so far. */
    static Duration cpu(RedisProcess redis) {
        double seconds = CPU.matcher(redis.cli("INFO", "cpu"))
                .results()
                .mapToDouble(value -> Double.parseDouble(value.group(1)))
                .sum();
        return Duration.ofNanos(Math.round(seconds * 1e9));
    }

    RedisTime since(RedisTime before) {
        return new RedisTime(scripts - before.scripts, micros - before.micros, commands - before.commands);
    }
}
