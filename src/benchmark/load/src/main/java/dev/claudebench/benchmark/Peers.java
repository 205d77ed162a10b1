package dev.claudebench.benchmark;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * The service beside what its users could use instead. All programs that can do the same work run at the same time and are called in
 * turns; the program that goes first changes from round to round.
 */
final class Peers {
    /** Calls do not count at the beginning of a turn, while the clients connect and begin. */
    private static final Duration LEAD = Duration.ofMillis(500);
    /** Each program is first warmed up by so many clients. */
    private static final int SETTLING_CLIENTS = 64;
    /** The share of the warm-up for each program and each number of clients. */
    private static final int SETTLING_SHARES = 8;

    private final Settings settings;
    private final List<Peer> all;
    private final List<Integer> clients = Arrays.stream(Settings.text("peers.clients").split(","))
            .map(Integer::valueOf)
            .toList();

    Peers(Settings settings) {
        this.settings = settings;
        JsonPeers json = new JsonPeers(settings);
        all = List.of(json.coordinator(), json.coordinatorWithFsync(), json.byHand(), EtcdPeers.json(),
                EtcdPeers.grpc(), EurekaPeer.peer(), NatsPeer.peer(),
                BullPeer.peer(Path.of(Settings.text("bullmq")), settings.target()));
    }

    /**
     * What one program did with so many clients.
     *
     * @param seconds how long calls counted in each round
     * @param cpuMicros processor time of the program and its store for a call
     * @param driverMicros processor time of the clients for a call
     */
    record Result(Work work, int clients, String program, String durability, double seconds, Latencies.Tally calls,
            double cpuMicros, double driverMicros) {

        /** Calls per second in the rounds. */
        Comparison.Range perSecond() {
            return Comparison.Range.of(calls.rounds().stream().mapToDouble(round -> round / seconds));
        }
    }

    /** All programs, those that are missing here included. */
    List<Peer> all() {
        return all;
    }

    /** Tells the results of each kind of work with each number of clients. */
    void measure(Consumer<List<Result>> measured) {
        for (Work work : Work.values()) {
            List<Peer> peers = all.stream()
                    .filter(peer -> peer.missing().isEmpty() && peer.durability().containsKey(work))
                    .toList();
            List<Peer.Running> running = new ArrayList<>();
            try {
                peers.forEach(peer -> running.add(peer.starter().apply(work)));
                settle(running, SETTLING_CLIENTS);
                for (int number : clients) {
                    // the JVM compiles code again when the number of clients changes
                    settle(running, number);
                    Peer.Turn turn = new Peer.Turn(number, LEAD, settings.measured());
                    List<Tried> tried = running.stream().map(Tried::new).toList();
                    inTurns(tried, turn);
                    measured.accept(IntStream.range(0, peers.size())
                            .mapToObj(i -> tried.get(i).result(peers.get(i), work, turn, settings.rounds()))
                            .toList());
                }
            } finally {
                running.forEach(Peer.Running::close);
            }
        }
    }

    private void settle(List<Peer.Running> running, int number) {
        Duration share = settings.settle().dividedBy(SETTLING_SHARES);
        Latencies calls = new Latencies();
        running.forEach(one -> one.turn(new Peer.Turn(number, share, Duration.ZERO), calls, 0));
        long errors = calls.tally(1).errors();
        if (errors > 0) {
            throw new IllegalStateException(errors + " calls failed in the warm-up of the peers");
        }
    }

    private void inTurns(List<Tried> tried, Peer.Turn turn) {
        for (int round = 0; round < settings.rounds(); round++) {
            for (int i = 0; i < tried.size(); i++) {
                tried.get((i + round) % tried.size()).turn(turn, round);
            }
        }
    }

    /** Sums up the turns of one program. */
    private static final class Tried {
        private final Peer.Running running;
        private final Latencies kept = new Latencies();
        private Duration cpu = Duration.ZERO;
        private Duration driver = Duration.ZERO;

        Tried(Peer.Running running) {
            this.running = running;
        }

        void turn(Peer.Turn turn, int round) {
            Duration cpuBefore = running.cpu();
            Duration driverBefore = running.driverCpu();
            running.turn(turn, kept, round);
            cpu = cpu.plus(running.cpu()).minus(cpuBefore);
            driver = driver.plus(running.driverCpu()).minus(driverBefore);
        }

        Result result(Peer peer, Work work, Peer.Turn turn, int rounds) {
            Latencies.Tally calls = kept.tally(rounds);
            return new Result(work, turn.clients(), peer.name(), Objects.requireNonNull(peer.durability().get(work)),
                    turn.counted().toMillis() / 1e3, calls, cpu.toNanos() / 1e3 / calls.requests(),
                    driver.toNanos() / 1e3 / calls.requests());
        }
    }
}
