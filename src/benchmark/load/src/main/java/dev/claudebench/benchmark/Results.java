package dev.claudebench.benchmark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.databind.json.JsonMapper;

/** All measurements, as a page and as JSON. */
final class Results {
    private static final JsonMapper JSON = new JsonMapper();

    private final Settings settings;
    private final Machine machine = Machine.read();
    private final List<Measurement> loads = new ArrayList<>();
    private final List<Scale.Size> sizes = new ArrayList<>();
    private final List<Startup.Starts> starts = new ArrayList<>();
    private final List<Waiting.Result> waiting = new ArrayList<>();
    private final List<ManyBenches.Result> benches = new ArrayList<>();
    private final List<Frames.Result> frames = new ArrayList<>();
    private final List<Soak> soaks = new ArrayList<>();
    private final List<Peer> peers = new ArrayList<>();
    private final List<Peers.Result> besidePeers = new ArrayList<>();

    Results(Settings settings) {
        this.settings = settings;
    }

    void add(Measurement measurement) {
        loads.add(measurement);
    }

    /** The most calls per second of a case, if it was measured. */
    Optional<Double> most(Case one) {
        return loads.stream()
                .filter(load -> load.name().equals(one.label()))
                .map(Measurement::perSecond)
                .max(Comparator.naturalOrder());
    }

    void scale(List<Scale.Size> measured) {
        sizes.addAll(measured);
    }

    void add(Startup.Starts measured) {
        starts.add(measured);
    }

    void add(Waiting.Result measured) {
        waiting.add(measured);
    }

    void add(ManyBenches.Result measured) {
        benches.add(measured);
    }

    void frames(List<Frames.Result> measured) {
        frames.addAll(measured);
    }

    void soak(Soak soak) {
        soaks.add(soak);
    }

    void peers(List<Peer> all) {
        peers.addAll(all);
    }

    void besidePeers(List<Peers.Result> measured) {
        besidePeers.addAll(measured);
    }

    /** Calls without a result in all loads. */
    long errors() {
        return besidePeers.stream().mapToLong(one -> one.calls().errors()).sum()
                + loads.stream().mapToLong(Measurement::errors).sum()
                + soaks.stream().mapToLong(soak -> soak.load().errors()).sum();
    }

    /** Writes {@code results.md}, {@code results.json} and, of peers, {@code peers.svg}. */
    void write() {
        try {
            Files.createDirectories(settings.target());
            Files.writeString(settings.target().resolve("results.md"), markdown());
            JSON.writerWithDefaultPrettyPrinter()
                    .writeValue(settings.target().resolve("results.json").toFile(), values());
            if (!besidePeers.isEmpty()) {
                Files.writeString(settings.target().resolve("peers.svg"), PeerChart.of(besidePeers));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String markdown() {
        Page page = new Page();
        page.head(machine, settings);
        page.loads(Comparison.of(loads));
        page.sizes(sizes);
        page.starts(starts);
        page.waiting(waiting);
        page.benches(benches);
        page.frames(frames);
        page.soaks(soaks);
        return besidePeers.isEmpty() ? page.text() : page.text() + PeerTable.of(peers, besidePeers);
    }

    private Map<String, Object> values() {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("machine", machine.facts());
        values.put("jvm", settings.jvm());
        values.put("warmupSeconds", settings.warmup().toSeconds());
        values.put("rounds", settings.rounds());
        values.put("loads", loads);
        values.put("sizes", sizes);
        values.put("starts", starts);
        values.put("waiting", waiting);
        values.put("benches", benches);
        values.put("frames", frames);
        values.put("soaks", soaks);
        values.put("peers", besidePeers);
        return values;
    }
}
