package dev.claudebench.benchmark;

import java.util.Map;

/**
 * What came of one case with so many connections.
 *
 * @param name that of the case
 * @param connections how many clients there were; 0 in the open model
 * @param seconds how long requests counted
 * @param latencies in microseconds, by name of the call
 * @param errors answers without a result, warm-up included
 * @param redisMicros the time of Redis for each request
 * @param redisMicrosPerScript the same for each script or PING
 * @param peakMebibytes the most memory that the program held
 * @param report Gatling's
 */
record Measurement(String name, int connections, double seconds, Map<String, Latencies.Summary> latencies,
        long errors, double redisMicros, double redisMicrosPerScript, long peakMebibytes, String report) {

    Measurement {
        latencies = Map.copyOf(latencies);
    }

    /** Requests that counted, in each second. */
    double perSecond() {
        return perSecond(all());
    }

    /** The same for those of one name. */
    double perSecond(Latencies.Summary part) {
        return part.calls() / seconds;
    }

    /** The latencies of all calls together. */
    Latencies.Summary all() {
        Latencies.Summary all = latencies.get(Latencies.ALL);
        if (all == null) {
            throw new IllegalStateException(name + " × " + connections + " got no answer");
        }
        return all;
    }
}
