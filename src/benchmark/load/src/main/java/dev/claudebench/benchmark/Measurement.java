package dev.claudebench.benchmark;

import java.util.List;
import java.util.stream.IntStream;

/**
 * What came of one case with so many connections.
 *
 * @param name that of the case
 * @param connections how many clients there were; 0 in the open model
 * @param seconds how long requests counted in each round
 * @param called the calls of the case
 * @param floor the floor's beside them; none in the open model and in the soak
 * @param redisMicros the time of Redis for each request
 * @param redisMicrosPerScript the same for each script or PING
 * @param peakMebibytes the most memory that the program held
 * @param report Gatling's
 */
record Measurement(String name, int connections, double seconds, Latencies.Tally called, Latencies.Tally floor,
        double redisMicros, double redisMicrosPerScript, long peakMebibytes, String report) {

    /** Requests that counted, in each second. */
    double perSecond() {
        return perSecond(all());
    }

    /** The same for those of one name. */
    double perSecond(Latencies.Summary part) {
        return part.calls() / (seconds * called.rounds().size());
    }

    /** Answers without a result, those of the floor and in the warm-up included. */
    long errors() {
        return called.errors() + floor.errors();
    }

    /** The floor's requests in each second. */
    double floorPerSecond() {
        return perSecond(floor.all());
    }

    boolean hasFloor() {
        return !floor.rounds().isEmpty();
    }

    /** In each round, requests as a share of the floor's in it; from the least to the most. */
    List<Double> ratios() {
        return IntStream.range(0, floor.rounds().size())
                .mapToObj(round -> (double) called.rounds().get(round) / floor.rounds().get(round))
                .sorted()
                .toList();
    }

    /** The median of {@link #ratios}: other programs on the machine come and go, and spoil a round or two. */
    double ratio() {
        List<Double> ratios = ratios();
        return (ratios.get(ratios.size() / 2) + ratios.get((ratios.size() - 1) / 2)) / 2;
    }

    /** The latencies of all calls together. */
    Latencies.Summary all() {
        return called.all();
    }
}
