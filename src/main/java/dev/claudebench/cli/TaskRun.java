package dev.claudebench.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.Reader;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.claudebench.method.JsonSize;

/** The command that works on a task: its process, what it prints, and when that is to be reported. */
final class TaskRun {
    private static final long REPORT_MILLIS = 1000;
    private static final long RETRY_MILLIS = 2000;
    /** How long a command has to end after SIGTERM. */
    private static final Duration GRACE = Duration.ofSeconds(10);
    /** How long the rest of the output is waited for, which a program that the command has left behind may keep open. */
    private static final Duration OUTPUT_GRACE = Duration.ofSeconds(1);
    private static final Pattern PROGRESS = Pattern.compile("progress (\\d{1,2}|100)(?: (.*))?");
    private static final int LONGEST_LINE = JsonSize.METADATA;
    private static final int LONGEST_NOTE = 1000;
    private static final int BUFFER = 8192;

    private final JsonNode task;
    private final ObjectNode worker;
    private final String id;
    private final long claim;
    private final Duration lease;
    private final StringBuilder output = new StringBuilder();
    private final StringBuilder errors = new StringBuilder();
    private final Thread[] readers = new Thread[2];
    private @Nullable Process process;
    private @Nullable String note;
    private @Nullable Integer percent;
    private boolean hasNews;
    private boolean isDoubtful;
    private Moment lastOutput = Moment.now();
    private Moment lastReport = Moment.now();
    private Moment nextReport = Moment.now();

    /** @param worker params that name the worker and its session */
    TaskRun(JsonNode task, ObjectNode worker) {
        this.task = task;
        this.worker = worker;
        this.id = task.get("id").asText();
        this.claim = task.get("claim").asLong();
        this.lease = Duration.ofMillis(task.path("leaseMs").asLong());
    }

    String id() {
        return id;
    }

    /** Returns the params of a report. */
    ObjectNode params() {
        return worker.deepCopy().put("taskId", id).put("claim", claim);
    }

    /** Starts the command, with the text of the task on its standard input. */
    void start(List<String> command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command);
        Map<String, String> environment = builder.environment();
        // It is the name of this worker: hooks of an agent must not take it for theirs.
        environment.remove("CLAUDEBENCH_INSTANCE_ID");
        for (String member : List.of("id", "text", "metadata", "priority", "attempts", "claim")) {
            environment.put("CLAUDEBENCH_TASK_" + member.toUpperCase(Locale.ROOT),
                    Text.value(task.path(member)));
        }
        Process started = builder.start();
        process = started;
        readers[0] = inBackground(() -> readLines(started.getInputStream(), this::printed));
        readers[1] = inBackground(() -> readLines(started.getErrorStream(), this::complained));
        inBackground(() -> {
            try (OutputStream input = started.getOutputStream()) {
                input.write(task.path("text").asText().getBytes(UTF_8));
            }
        });
    }

    private interface Io {
        void run() throws IOException;
    }

    private static Thread inBackground(Io work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException e) {
                // The command has closed its end, or is gone.
            }
        }, "command");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private void readLines(InputStream stream, Consumer<String> consumer) throws IOException {
        Reader reader = new InputStreamReader(stream, UTF_8);
        StringBuilder line = new StringBuilder();
        char[] buffer = new char[BUFFER];
        for (int read = reader.read(buffer); read >= 0; read = reader.read(buffer)) {
            heard();
            for (int i = 0; i < read; i++) {
                if (buffer[i] != '\n') {
                    line.append(buffer[i]);
                }
                if (buffer[i] == '\n' || line.length() == LONGEST_LINE) {
                    consumer.accept(Text.printable(line.toString()));
                    line.setLength(0);
                }
            }
        }
        if (!line.isEmpty()) {
            consumer.accept(Text.printable(line.toString()));
        }
    }

    /** Any output is a sign of life, also a bar of progress, which has no line ends. */
    private synchronized void heard() {
        lastOutput = Moment.now();
    }

    private synchronized void printed(String line) {
        Matcher progress = PROGRESS.matcher(line);
        if (progress.matches()) {
            percent = Integer.valueOf(progress.group(1));
            note = Objects.requireNonNullElse(progress.group(2), note == null ? "" : note);
        } else {
            append(output, line);
            note = line.isBlank() ? note : line;
        }
        hasNews = true;
    }

    private synchronized void complained(String line) {
        append(errors, line);
        System.err.println(line);
    }

    /** Keeps the end, in bounded memory. */
    private static void append(StringBuilder kept, String line) {
        kept.append(line).append('\n');
        if (kept.length() > 4 * JsonSize.METADATA) {
            kept.delete(0, kept.length() - 2 * JsonSize.METADATA);
        }
    }

    /** Waits for the command, but no longer than until something may be due. Returns whether it has ended. */
    boolean awaitExit() throws InterruptedException {
        return process().waitFor(reportMillis(), TimeUnit.MILLISECONDS);
    }

    private Process process() {
        return Objects.requireNonNull(process, "not started");
    }

    /** A lease must be renewed well before it lapses. */
    private long reportMillis() {
        return lease.isZero() ? REPORT_MILLIS : Math.min(REPORT_MILLIS, lease.toMillis() / 3);
    }

    synchronized boolean isSilentFor(Duration time) {
        return lastOutput.isOverFor(time);
    }

    /** Has a report made soon, whose answer shows whether this claim still holds. */
    synchronized void doubt() {
        isDoubtful = true;
    }

    /** Returns the params of a report of progress, empty if none is due. */
    synchronized Optional<ObjectNode> dueReport() {
        boolean keepsLease = !lease.isZero() && lastReport.isOverFor(lease.dividedBy(3));
        if (!nextReport.isOver() || !(hasNews || isDoubtful || keepsLease)) {
            return Optional.empty();
        }
        hasNews = false;
        isDoubtful = false;
        lastReport = Moment.now();
        nextReport = Moment.in(Duration.ofMillis(reportMillis()));
        ObjectNode report = params();
        if (note != null && !note.isBlank()) {
            report.put("note", Text.beginning(note, LONGEST_NOTE));
        }
        return Optional.of(report.put("percent", percent));
    }

    /** Has a report that has failed made again. */
    synchronized void postponeReport(Duration atLeast) {
        isDoubtful = true;
        nextReport = Moment.in(atLeast.plusMillis(ThreadLocalRandom.current().nextLong(RETRY_MILLIS)));
    }

    /** Ends the command and all that it has started: by SIGTERM, and after a time by SIGKILL. */
    void stop() throws InterruptedException {
        List<ProcessHandle> all = Stream.concat(Stream.of(process().toHandle()), process().descendants()).toList();
        all.forEach(ProcessHandle::destroy);
        try {
            CompletableFuture.allOf(all.stream().map(ProcessHandle::onExit).toArray(CompletableFuture[]::new))
                    .get(GRACE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            all.forEach(ProcessHandle::destroyForcibly);
        }
        process().waitFor();
    }

    /** Returns the exit code, once the output is complete. */
    int exitCode() throws InterruptedException {
        for (Thread reader : readers) {
            reader.join(OUTPUT_GRACE.toMillis());
        }
        return process().exitValue();
    }

    /** Returns the end of what the command has printed, empty if it has printed nothing. */
    synchronized String result() {
        return Text.end(output.toString().strip(), JsonSize.METADATA);
    }

    /** Returns the end of what the command has printed on standard error. */
    synchronized String error() {
        return Text.end(errors.toString().strip(), JsonSize.METADATA);
    }
}
