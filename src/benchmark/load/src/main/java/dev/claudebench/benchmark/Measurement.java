package dev.claudebench.benchmark;

import java.util.List;

/**
 * One load, at one set of processes.
 *
 * @param name that of the case
 * @param connections how many clients; 0 in the open model
 * @param seconds how long calls count in each round
 * @param programs the programs that were called in turns; the last is the service that is measured, the others are compared with it
 * @param report the folder of Gatling's report
 */
record Measurement(String name, int connections, double seconds, List<Program> programs, String report) {
    Measurement {
        programs = List.copyOf(programs);
    }

    /**
     * The calls to one program.
     *
     * @param cost the mean cost of a call, the warm-up included
     * @param peakMebibytes the most memory that the program has held since its start
     */
    record Program(String name, Latencies.Tally calls, Usage.Cost cost, long peakMebibytes) {}

    /** The service that is measured. */
    Program service() {
        return programs.get(programs.size() - 1);
    }

    /** Calls of the service per second. */
    double perSecond() {
        return service().calls().all().calls() / (seconds * service().calls().rounds().size());
    }

    /** Calls without a result, the warm-up included. */
    long errors() {
        return programs.stream().mapToLong(program -> program.calls().errors()).sum();
    }
}
