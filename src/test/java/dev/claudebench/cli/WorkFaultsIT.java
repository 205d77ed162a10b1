package dev.claudebench.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

import org.junit.jupiter.api.Test;

import dev.claudebench.support.Cb;
import dev.claudebench.support.KeyFile;
import dev.claudebench.support.ServiceProcess;
import dev.claudebench.support.Signals;
import dev.claudebench.support.TcpProxy;

/** {@code cb work} outlives lost answers, outages and expiry. */
class WorkFaultsIT extends WorkerTest {
    @Test
    void cancelledTaskIsStoppedAlthoughTheAnswerThatNamesItIsLost() throws IOException {
        String id = create("t");
        try (TcpProxy proxy = TcpProxy.to(service.base())) {
            cb = new Cb(temp, proxy.uri());
            try (Cb.Run worker = work("echo $$ > pid; exec sleep 300")) {
                Path pid = awaitFile("pid");
                rpc.call("task.cancel").with("taskId", id).result();
                proxy.resetBeforeReplyTo("system.heartbeat");
                await().atMost(TIMEOUT).until(() -> !isRunning(pid));
                assertThat(proxy.isResetPending()).isFalse();
                assertThat(worker.err()).contains("task " + id + " was taken");
            }
        }
    }

    @Test
    void taskWhoseClaimWasNotAnsweredIsTakenUp() {
        String id = create("t");
        try (TcpProxy proxy = TcpProxy.to(service.base())) {
            proxy.resetBeforeReplyTo("task.claim");
            cb = new Cb(temp, proxy.uri());
            try (Cb.Run worker = work("echo done")) {
                awaitStatus(id, "completed");
                assertThat(proxy.isResetPending()).isFalse();
                assertThat(task(id).get("attempts").intValue()).isZero();
                assertThat(worker.err()).contains("trying again", "the service is available again");
            }
        }
    }

    @Test
    void taskThatEndsWhileTheWorkerAsksForItsTasksIsNotBegunAgain() throws IOException {
        String id = create("t");
        try (TcpProxy proxy = TcpProxy.to(service.base())) {
            cb = new Cb(temp, proxy.uri());
            try (Cb.Run worker = work("echo $$ > pid; until [ -e go ]; do sleep 0.1; done", "--capacity", "2")) {
                Path pid = awaitFile("pid");
                proxy.holdReplyTo("task.list");
                proxy.resetConnections();
                await().atMost(TIMEOUT).until(proxy::holdsReply);
                Files.createFile(temp.resolve("go"));
                awaitStatus(id, "completed");
                await().atMost(TIMEOUT).until(() -> worker.err().contains("task " + id + " is completed"));
                Files.delete(pid);
                proxy.restore();
                awaitStatus(create("next"), "completed");
                assertThat(worker.err().split("task " + id + " begun", -1)).hasSize(2);
            }
        }
    }

    @Test
    void keyFileMayBeReplacedWhileTheWorkerRuns() throws IOException {
        String option = KeyFile.with(temp.resolve("keys"), "agent");
        try (ServiceProcess guarded = startService(option)) {
            Path file = Files.writeString(temp.resolve("key"), KeyFile.key("agent") + "\n");
            cb = new Cb(temp, guarded.base());
            try (Cb.Run worker = work("echo done", "--key-file", file.toString())) {
                await().atMost(TIMEOUT).until(() -> worker.err().contains("registered"));
                Files.writeString(file, "");
                String id = create("t");
                await().atMost(TIMEOUT).until(() -> worker.err().contains("task " + id + " is completed"));
                Files.delete(file);
                await().during(Duration.ofSeconds(2)).until(() -> worker.process().isAlive());
            }
        }
    }

    @Test
    void outageOfTheServiceIsOutlived() throws IOException {
        try (ServiceProcess first = startService()) {
            URI base = first.base();
            cb = new Cb(temp, base);
            String id = create("t");
            try (Cb.Run worker = work("echo $$ > pid; until [ -e go ]; do sleep 0.1; done; echo done")) {
                awaitFile("pid");
                first.kill();
                await().atMost(TIMEOUT).until(() -> worker.err().contains("trying again"));
                Files.createFile(temp.resolve("go"));
                await().atMost(TIMEOUT).until(() -> !isRunning(temp.resolve("pid")));
                try (ServiceProcess second = startService("-Dquarkus.http.port=" + base.getPort())) {
                    awaitStatus(id, "completed");
                    assertThat(task(id).get("result").asText()).isEqualTo("done");
                    assertThat(task(id).get("attempts").intValue()).isZero();
                    awaitStatus(create("next"), "completed");
                    assertThat(second.log()).doesNotContain("ERROR");
                }
                assertThat(worker.err().lines().filter(line -> line.contains("trying again"))).hasSizeBetween(1, 2);
            }
        }
    }

    @Test
    void workerThatHadExpiredRegistersAgainAndStopsTheOldTask() throws IOException {
        String id = create("t");
        try (Cb.Run worker = work("case $CLAUDEBENCH_TASK_TEXT in t) echo $$ > pid; exec sleep 300 ;; esac")) {
            Path pid = awaitFile("pid");
            Signals.send("STOP", worker.process().pid());
            rpc.call("system.unregister")
                    .with("instanceId", "w1")
                    .with("sessionId", redis.cli("HGET", "cb:instance:w1", "sessionId"))
                    .result();
            rpc.call("task.cancel").with("taskId", id).result();
            Signals.send("CONT", worker.process().pid());
            await().atMost(TIMEOUT).until(() -> !isRunning(pid));
            assertThat(worker.err()).contains("is registered again");
            awaitStatus(create("next"), "completed");
        }
    }

    @Test
    void workerThatIsNotRegisteredYetEndsAtOnce() {
        try (TcpProxy proxy = TcpProxy.to(service.base())) {
            proxy.holdReplies();
            cb = new Cb(temp, proxy.uri());
            try (Cb.Run worker = work("true")) {
                await().atMost(TIMEOUT).until(() -> redis.cli("EXISTS", "cb:instance:w1").equals("1"));
                Signals.send("INT", worker.process().pid());
                await().atMost(Duration.ofSeconds(3)).until(() -> !worker.process().isAlive());
                assertThat(worker.process().exitValue()).isEqualTo(130);
                assertThat(redis.cli("EXISTS", "cb:instance:w1")).isEqualTo("0");
                assertThat(worker.err()).doesNotContain("unexpected");
            }
        }
    }
}
