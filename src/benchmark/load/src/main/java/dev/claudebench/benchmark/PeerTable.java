package dev.claudebench.benchmark;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The results of {@link Peers} in Markdown. */
final class PeerTable {
    private static final String HEAD = """

                                       ## Peers

                                       The programs are called in turns, after an eighth of the warm-up for each with 64 clients and
                                       another with the clients of the row. "Per second" is the median of the rounds. "Coordinator" is what the
                                       coordinator does divided by what this program does, with the same durability: the median of the
                                       rounds, with the least and the most. Durability `fsync`: a change is on disk when the call is
                                       answered. A task round trip is three calls, counted as one. Times are in µs. CPU is the processor
                                       time of the program and its store, driver that of the clients with their library.

                                       | work | clients | program | durability | per second | coordinator | p50 | p99 | errors | CPU | driver |
                                       |---|--:|---|---|--:|--:|--:|--:|--:|--:|--:|
                                       """;

    private PeerTable() {}

    static String of(List<Peer> peers, List<Peers.Result> results) {
        return HEAD + results.stream().map(one -> row(one, coordinator(one, results))).collect(Collectors.joining())
                + "\n| program | version and settings | durability |\n|---|---|---|\n"
                + peers.stream().map(PeerTable::row).collect(Collectors.joining());
    }

    /** The coordinator at the same work with the same durability. */
    private static Optional<Peers.Result> coordinator(Peers.Result peer, List<Peers.Result> results) {
        return results.stream()
                .filter(one -> one.program().startsWith(JsonPeers.COORDINATOR) && one.work() == peer.work()
                        && one.clients() == peer.clients() && one.durability().equals(peer.durability()))
                .filter(one -> !peer.program().startsWith(JsonPeers.COORDINATOR))
                .findFirst();
    }

    private static String row(Peers.Result one, Optional<Peers.Result> coordinator) {
        if (one.calls().summaries().isEmpty()) {
            return String.format("| %s | %d | %s | %s | no call that counts | | | | %d | | |%n", one.work().label(),
                    one.clients(), one.program(), one.durability(), one.calls().errors());
        }
        Latencies.Summary all = one.calls().all();
        return String.format(Locale.ROOT, "| %s | %d | %s | %s | %,.0f | %s | %,d | %,d | %d | %.1f | %.1f |%n",
                one.work().label(), one.clients(), one.program(), one.durability(), one.perSecond().median(),
                coordinator.map(other -> ratio(other, one)).orElse(""), all.p50(), all.p99(), one.calls().errors(),
                one.cpuMicros(), one.driverMicros());
    }

    private static String ratio(Peers.Result coordinator, Peers.Result peer) {
        List<Long> ours = coordinator.calls().rounds();
        List<Long> others = peer.calls().rounds();
        Comparison.Range ratio = Comparison.Range
                .of(IntStream.range(0, ours.size()).mapToDouble(i -> (double) ours.get(i) / others.get(i)));
        return String.format(Locale.ROOT, "%.2f (%.2f–%.2f)", ratio.median(), ratio.least(), ratio.most());
    }

    private static String row(Peer peer) {
        return String.format("| %s | %s | %s |%n", peer.name(),
                peer.missing().map(why -> "left out: " + why).orElse(peer.about()), durability(peer.durability()));
    }

    private static String durability(Map<Work, String> durability) {
        return durability.entrySet()
                .stream()
                .sorted(Map.Entry.comparingByKey())
                .map(one -> one.getKey().label() + ": " + one.getValue())
                .collect(Collectors.joining(", "));
    }
}
