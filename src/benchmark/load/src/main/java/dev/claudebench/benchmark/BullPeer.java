package dev.claudebench.benchmark;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

import com.fasterxml.jackson.databind.json.JsonMapper;

import dev.claudebench.support.RedisProcess;

/** BullMQ. Its library runs in the clients, in a process of Node ({@code bullmq/clients.mjs}). */
final class BullPeer implements Peer.Running {
    private static final JsonMapper JSON = new JsonMapper();
    private static final List<String> FILES = List.of("package.json", "package-lock.json", "clients.mjs");

    private final RedisProcess redis = new RedisProcess().start();
    private final Process node;
    private final Thread lastResort;
    private final Writer turns;
    private final BufferedReader answers;

    private BullPeer(Path folder) {
        try {
            node = new ProcessBuilder("node", "clients.mjs", String.valueOf(redis.uri().getPort()))
                    .directory(folder.toFile())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
        } catch (IOException e) {
            redis.close();
            throw new UncheckedIOException(e);
        }
        lastResort = new Thread(node::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(lastResort);
        turns = node.outputWriter();
        answers = node.inputReader();
    }

    private record Outcome(long requests, long errors, List<Long> micros) {}

    /** @param sources the folder with the script and its packages, which are installed below {@code target} */
    static Peer peer(Path sources, Path target) {
        Path folder = target.resolve("bullmq");
        Optional<String> missing = PeerProcess.missing("npm").or(() -> install(sources, folder));
        return new Peer("BullMQ", version(sources)
                + ", Node " + PeerProcess.firstLine("node", "--version")
                + "; Redis without AOF and snapshots; a connection for each client",
                Map.of(Work.TASK, Peer.NONE), missing, work -> new BullPeer(folder));
    }

    private static String version(Path sources) {
        try {
            return "BullMQ "
                    + JSON.readTree(sources.resolve("package.json").toFile()).at("/dependencies/bullmq").asText();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<String> install(Path sources, Path folder) {
        try {
            Files.createDirectories(folder);
            for (String file : FILES) {
                Files.copy(sources.resolve(file), folder.resolve(file), StandardCopyOption.REPLACE_EXISTING);
            }
            Path log = folder.resolve("npm.log");
            Process npm = new ProcessBuilder("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            boolean ended = npm.waitFor(2, TimeUnit.MINUTES);
            npm.destroyForcibly();
            return ended && npm.exitValue() == 0 ? Optional.empty() : Optional.of("`npm ci` failed, see " + log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void turn(Peer.Turn turn, Latencies kept, int round) {
        try {
            turns.write(JSON.writeValueAsString(Map.of("clients", turn.clients(), "lead", turn.lead().toMillis(),
                    "counted", turn.counted().toMillis())) + "\n");
            turns.flush();
            String line = answers.readLine();
            if (line == null) {
                throw new IOException("the clients of BullMQ have ended");
            }
            Outcome outcome = JSON.readValue(line, Outcome.class);
            for (long call = 0; call < outcome.requests(); call++) {
                kept.count(call < outcome.errors());
            }
            outcome.micros().forEach(micros -> kept.add(Latencies.ALL, round, TimeUnit.MICROSECONDS.toNanos(micros)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Duration cpu() {
        return RedisTime.cpu(redis);
    }

    @Override
    public Duration driverCpu() {
        return Peer.cpuOf(node.toHandle());
    }

    @Override
    public void close() {
        node.destroyForcibly().onExit().join();
        Runtime.getRuntime().removeShutdownHook(lastResort);
        redis.close();
    }
}
