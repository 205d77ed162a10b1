package dev.claudebench.benchmark;

import java.util.List;

/**
 * A long load.
 *
 * @param load its calls
 * @param residentMebibytes resident memory of the service, at equal intervals
 */
record Soak(Measurement load, List<Long> residentMebibytes) {
    Soak {
        residentMebibytes = List.copyOf(residentMebibytes);
    }
}
