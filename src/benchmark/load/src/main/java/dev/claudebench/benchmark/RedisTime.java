package dev.claudebench.benchmark;

import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.claudebench.support.RedisProcess;

/**
 * What Redis has been busy with so far on behalf of callers, from {@code INFO commandstats}. What scripts do is part of
 * their own time.
 *
 * @param calls how many scripts, or PINGs, it has run
 * @param micros how long they took
 */
record RedisTime(long calls, long micros) {
    private static final Pattern LINE = Pattern.compile("cmdstat_(\\w+):calls=(\\d+),usec=(\\d+)");
    private static final Set<String> COUNTED = Set.of("evalsha", "eval", "ping");

    static RedisTime of(RedisProcess redis) {
        long calls = 0;
        long micros = 0;
        Matcher line = LINE.matcher(redis.cli("INFO", "commandstats"));
        while (line.find()) {
            if (COUNTED.contains(line.group(1))) {
                calls += Long.parseLong(line.group(2));
                micros += Long.parseLong(line.group(3));
            }
        }
        return new RedisTime(calls, micros);
    }

    RedisTime since(RedisTime before) {
        return new RedisTime(calls - before.calls, micros - before.micros);
    }

    /** Microseconds for each of so many requests. */
    double per(long requests) {
        return requests == 0 ? 0 : (double) micros / requests;
    }
}
