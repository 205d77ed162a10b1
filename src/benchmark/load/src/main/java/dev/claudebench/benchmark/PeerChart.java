package dev.claudebench.benchmark;

import java.util.List;
import java.util.Locale;

/** The results of {@link Peers} as bars, in a file of SVG that is read on light and on dark pages. */
final class PeerChart {
    private static final int CLIENTS = 64;
    private static final int WIDTH = 760;
    private static final int NAMES = 190;
    private static final int BARS = 460;
    private static final int ROW = 22;
    private static final String HEAD = """
                                       <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="13" fill="currentColor">
                                       <style>svg { color: #1f2328 } .ours { fill: #0969da } .peer { opacity: .45 }
                                       @media (prefers-color-scheme: dark) { svg { color: #e6edf3 } .ours { fill: #4493f8 } }</style>
                                       """;

    private PeerChart() {}

    /** Shows the results with 64 clients. */
    static String of(List<Peers.Result> results) {
        StringBuilder rows = new StringBuilder();
        int y = 0;
        for (Work work : Work.values()) {
            List<Peers.Result> bars = results.stream()
                    .filter(one -> one.work() == work && one.clients() == CLIENTS)
                    .toList();
            double most = bars.stream().mapToDouble(one -> one.perSecond().median()).max().orElse(1);
            y += ROW;
            rows.append("<text x=\"0\" y=\"%d\" font-weight=\"bold\">%s, %d clients, per second</text>%n"
                    .formatted(y, work.label(), CLIENTS));
            for (Peers.Result one : bars) {
                y += ROW;
                rows.append(bar(one, y, one.perSecond().median(), most));
            }
            y += ROW / 2;
        }
        return HEAD.formatted(WIDTH, y) + rows + "</svg>\n";
    }

    private static String bar(Peers.Result one, int y, double perSecond, double most) {
        long length = Math.round(BARS * perSecond / most);
        return String.format(Locale.ROOT,
                """
                <text x="%d" y="%d" text-anchor="end">%s</text><rect x="%d" y="%d" width="%d" height="%d" class="%s"/>\
                <text x="%d" y="%d">%,.0f%s</text>
                """, NAMES - 8, y, one.program(), NAMES, y - 13, length, ROW - 6,
                one.program().startsWith(JsonPeers.COORDINATOR) ? "ours" : "peer", NAMES + length + 6, y, perSecond,
                one.durability().equals(Peer.FSYNC) ? " (fsync)" : "");
    }
}
