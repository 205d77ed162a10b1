package dev.claudebench.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.claudebench.support.Cb;
import dev.claudebench.support.ServiceProcess;
import dev.claudebench.support.Signals;

/** {@code cb work}: a worker whose work is a command. */
class WorkIT extends WorkerTest {
    @Test
    void commandGetsTheTaskAndItsOutputIsTheResult() {
        String id = create("Grüße 🎉\nzwei", "priority", 70, "metadata", Map.of("pr", 7), "roles", List.of("gpu"));
        Cb.Run run = work("cat; echo; printf '%s|' \"$CLAUDEBENCH_TASK_ID\" \"$CLAUDEBENCH_TASK_TEXT\""
                + " \"$CLAUDEBENCH_TASK_METADATA\" \"$CLAUDEBENCH_TASK_PRIORITY\" \"$CLAUDEBENCH_TASK_ATTEMPTS\""
                + " \"$CLAUDEBENCH_INSTANCE_ID\"", "--once", "--roles", "gpu").exits(0);
        assertThat(run.err()).contains("task " + id + " is completed");
        assertThat(task(id).get("status").asText()).isEqualTo("completed");
        assertThat(task(id).get("result").asText())
                .isEqualTo("Grüße 🎉\nzwei\n" + id + "|Grüße 🎉\nzwei|{\"pr\":7}|70|0||");
        assertThat(redis.cli("EXISTS", "cb:instance:w1")).as("is unregistered").isEqualTo("0");
    }

    @Test
    void reportsNameTheSession() {
        try (ServiceProcess strict = startService("-Dclaudebench.security.require-session=true")) {
            String id = create("t");
            cb = new Cb(temp, strict.base());
            work("echo progress 10 begun; echo done", "--once").exits(0);
            assertThat(task(id).get("status").asText()).isEqualTo("completed");
        }
    }

    @Test
    void argumentThatBeginsWithAnAtSignIsNoFile() throws IOException {
        Files.writeString(temp.resolve("words"), "secret");
        Cb.Run run = cb.start("task", "create", "@words").exits(0);
        assertThat(task(run.out().strip()).get("text").asText()).isEqualTo("@words");
    }

    @Test
    void linesOfTheOutputAreProgress() {
        String id = create("t");
        try (Cb.Run worker = work("echo begun; echo 'progress 40 tests written'; until [ -e go ]; do sleep 0.1; done;"
                + " printf '\\033[31mred\\033[0m \\n'; sleep 1.5; touch read; sleep 60", "--once")) {
            await().atMost(TIMEOUT).until(() -> task(id).path("percent").intValue() == 40);
            assertThat(task(id).get("note").asText()).isEqualTo("tests written");
            Files.createFile(temp.resolve("go"));
            await().atMost(TIMEOUT).until(() -> task(id).get("note").asText().strip().equals("red"));
            assertThat(worker.out()).isEmpty();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void exitCodeFailsTheAttemptWithTheEndOfStandardError() {
        String id = create("t");
        Cb.Run run = work("echo part; echo no disk >&2; exit 3", "--once", "--json").exits(Exit.FAILED);
        assertThat(run.err()).contains("no disk\n", " is scheduled: exit code 3\n");
        assertThat(run.out()).startsWith("{\"id\":\"" + id + "\",\"status\":\"scheduled\"");
        assertThat(task(id).get("error").asText()).isEqualTo("exit code 3: no disk");
        assertThat(task(id).get("attempts").intValue()).isEqualTo(1);
    }

    @Test
    void longOutputIsCutAtItsBeginning() {
        String id = create("t");
        work("seq 100000; printf 'ü\\001%.0s' $(seq 20000); echo end", "--once").exits(0);
        assertThat(task(id).get("result").asText()).endsWith("üüend").hasSizeBetween(8000, 16_384);
    }

    @Test
    void withoutATaskOnceSaysSo() {
        work("true", "--once").exits(Exit.NOTHING);
    }

    @Test
    void commandThatCannotBeRunCostsNoAttempt() {
        String id = create("t");
        Cb.Run run = cb.run("work", "--", "no-such-program").exits(Exit.USAGE);
        assertThat(run.err()).contains("cannot run the command", "no-such-program").doesNotContain("\tat ");
        assertThat(task(id).get("status").asText()).isEqualTo("pending");
        assertThat(task(id).get("attempts").intValue()).isZero();
    }

    @Test
    void cancelStopsTheCommandWithItsChildrenAndTheWorkerGoesOn() throws IOException {
        String id = create("t");
        try (Cb.Run worker = work("case $CLAUDEBENCH_TASK_TEXT in t) sleep 300 & echo $! > pid; wait ;; esac")) {
            Path pid = awaitFile("pid");
            rpc.call("task.cancel").with("taskId", id).result();
            await().atMost(TIMEOUT).until(() -> !isRunning(pid));
            awaitStatus(create("next"), "completed");
            assertThat(worker.err()).contains("task " + id + " was taken", "claim_is_over");
            assertThat(task(id).get("status").asText()).isEqualTo("cancelled");
        }
    }

    @Test
    void commandThatIgnoresSigtermIsKilled() throws IOException {
        String id = create("t");
        try (Cb.Run worker = work("trap '' TERM; echo $$ > pid; while :; do sleep 0.2; done")) {
            Path pid = awaitFile("pid");
            rpc.call("task.cancel").with("taskId", id).result();
            await().atMost(TIMEOUT).until(() -> !isRunning(pid));
            assertThat(worker.process().isAlive()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TERM", "INT"})
    void signalGivesTheTaskBackAndUnregisters(String signal) throws IOException {
        String id = create("t");
        try (Cb.Run worker = work("echo $$ > pid; exec sleep 300")) {
            Path pid = awaitFile("pid");
            Signals.send(signal, worker.process().pid());
            assertThat(worker.awaitExit()).isEqualTo(signal.equals("TERM") ? 143 : 130);
            assertThat(isRunning(pid)).isFalse();
            assertThat(task(id).get("status").asText()).isEqualTo("pending");
            assertThat(task(id).get("attempts").intValue()).isZero();
            assertThat(redis.cli("EXISTS", "cb:instance:w1")).isEqualTo("0");
            assertThat(worker.err()).doesNotContain("\tat ");
        }
    }

    @Test
    void workerThatWaitsForATaskEndsAtOnce() {
        try (Cb.Run worker = work("true")) {
            await().atMost(TIMEOUT).until(() -> redis.cli("EXISTS", "cb:instance:w1").equals("1"));
            worker.process().destroy();
            await().atMost(Duration.ofSeconds(10)).until(() -> !worker.process().isAlive());
            assertThat(redis.cli("EXISTS", "cb:instance:w1")).isEqualTo("0");
        }
    }

    @Test
    void commandMayFinishWhileTheWorkerDrains() {
        String id = create("t");
        String other = create("other");
        try (Cb.Run worker = work("echo $$ > pid; sleep 3; echo done", "--drain", "30s")) {
            awaitFile("pid");
            worker.process().destroy();
            worker.awaitExit();
            assertThat(task(id).get("result").asText()).isEqualTo("done");
            assertThat(task(other).get("status").asText()).isEqualTo("pending");
        }
    }

    @Test
    void leaseIsKeptWhileTheCommandRuns() {
        String id = create("t", "leaseMs", 1000);
        work("sleep 5; echo done", "--once").exits(0);
        assertThat(task(id).get("result").asText()).isEqualTo("done");
        assertThat(task(id).get("attempts").intValue()).isZero();
    }

    @Test
    void commandThatPrintsNothingIsStopped() {
        String id = create("t");
        work("sleep 300", "--once", "--lease", "1s").exits(Exit.FAILED);
        assertThat(task(id).get("error").asText()).isEqualTo("the command printed nothing for 1s");
    }

    @Test
    void barOfProgressIsNoSilence() {
        String id = create("t");
        work("for i in 1 2 3 4 5 6 7 8; do printf '#\\r'; sleep 0.5; done; echo done", "--once", "--lease", "2s")
                .exits(0);
        assertThat(task(id).get("result").asText()).endsWith("done");
    }

    @Test
    void asManyTasksAsTheCapacityAreWorkedOnAtATime() {
        create("a");
        create("b");
        create("c");
        try (Cb.Run worker = work("sleep 300", "--capacity", "2")) {
            await().atMost(TIMEOUT)
                    .until(() -> rpc.call("task.list").with("status", "in_progress").result().get("tasks").size() == 2);
            worker.process().destroy();
            worker.awaitExit();
            assertThat(rpc.call("task.list").with("status", "pending").result().get("tasks")).hasSize(3);
        }
    }

    @Test
    void idOfAnotherWorkerIsRefused() {
        try (Cb.Run worker = work("true")) {
            await().atMost(TIMEOUT).until(() -> worker.err().contains("registered"));
            work("true").refuses(Exit.REFUSED, "another session has the id w1", "--id");
        }
    }

    @Test
    void commandMayStartAService() {
        create("t");
        try (Cb.Run worker = work("\"$JAVA_HOME/bin/java\" -Dquarkus.http.port=0 -Dquarkus.redis.hosts=" + redis.uri()
                + " -jar \"$CB_HOME/quarkus-run.jar\" > log 2>&1", "--once")) {
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> Files.exists(temp.resolve("log"))
                            && Files.readString(temp.resolve("log")).contains("Listening on"));
            worker.process().destroy();
            worker.awaitExit();
        }
    }
}
