package dev.claudebench.benchmark;

import java.util.List;

/**
 * A load that goes on for long.
 *
 * @param load what it did
 * @param residentMebibytes what the service held, again and again in even distances from the beginning of the load
 */
record Soak(Measurement load, List<Long> residentMebibytes) {
    Soak {
        residentMebibytes = List.copyOf(residentMebibytes);
    }
}
