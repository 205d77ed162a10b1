package dev.claudebench.benchmark;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * A program that some of the work could be given to instead: the service itself, too.
 *
 * @param name the name in the tables
 * @param about versions and settings
 * @param durability the work that it can do, and whether a change is on disk ({@code fsync}) or not ({@code none}) when it is answered
 * @param missing why it cannot be started here, if so
 * @param starter starts it for one kind of work, with the fleet registered if the work is heartbeats
 */
record Peer(String name, String about, Map<Work, String> durability, Optional<String> missing,
        Function<Work, Running> starter) {
    /** Nothing is on disk yet. */
    static final String NONE = "none";
    static final String FSYNC = "fsync";

    Peer {
        durability = Map.copyOf(durability);
    }

    /**
     * One turn of the clients.
     *
     * @param clients how many, each with one call at a time
     * @param lead how long calls do not count at the beginning
     * @param counted how long calls count after that
     */
    record Turn(int clients, Duration lead, Duration counted) {}

    /** Its processes, and clients that stay connected between the turns. */
    interface Running extends AutoCloseable {
        /** Makes calls for one turn and keeps those that count as calls of this round. */
        void turn(Turn turn, Latencies kept, int round);

        /** The processor time that the program and its store have used so far. */
        Duration cpu();

        /** The processor time that the clients have used so far, with the library that they call. */
        default Duration driverCpu() {
            return cpuOf(ProcessHandle.current());
        }

        @Override
        void close();
    }

    static Duration cpuOf(ProcessHandle process) {
        return process.info().totalCpuDuration().orElseThrow();
    }
}
