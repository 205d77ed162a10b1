package dev.claudebench.cli;

import static io.restassured.RestAssured.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.method.Json;
import dev.claudebench.support.Answers;
import dev.claudebench.support.Cb;
import dev.claudebench.support.KeyFile;
import dev.claudebench.support.RedisProcess;
import dev.claudebench.support.Rpc;
import dev.claudebench.support.ServiceProcess;
import dev.claudebench.support.TcpProxy;
import dev.claudebench.support.TlsFiles;

/** {@code cb task}, {@code cb state} and {@code cb instances}, and what all commands have in common. */
class TaskCommandIT {
    private static RedisProcess redis;
    private static ServiceProcess service;

    @TempDir
    private Path temp;
    private Cb cb;
    private Rpc rpc;

    @BeforeAll
    static void start() {
        redis = new RedisProcess().start();
        service = ServiceProcess.start("-Dquarkus.redis.hosts=" + redis.uri());
    }

    @AfterAll
    static void stop() {
        service.close();
        redis.close();
    }

    @BeforeEach
    void empty() {
        redis.cli("FLUSHALL");
        cb = new Cb(temp, service.base());
        rpc = Rpc.of(service);
    }

    private String create(String text) {
        return rpc.call("task.create").with("text", text).with("maxAttempts", 1).result().get("id").asText();
    }

    /** Has a worker begin the only task, and report its end. */
    private void complete(String member, Object value) {
        rpc.call("system.register").with("id", "w1").with("roles", List.of("worker")).result();
        JsonNode task = rpc.call("task.claim").with("workerId", "w1").result().get("task");
        rpc.call("task.complete")
                .with("taskId", task.get("id"))
                .with("claim", task.get("claim"))
                .with(member, value)
                .result();
    }

    @Test
    void createPrintsTheIdOfATaskWithAllOptions() {
        String first = create("first");
        String id = cb
                .run("task", "create", "Grüße 🎉", "--priority", "80", "--roles", "gpu,eu", "--metadata", "{\"pr\":7}",
                        "--depends-on", first, "--resources", "repo/src,repo/docs", "--lease", "90s", "--max-attempts",
                        "5",
                        "--idempotency-key", "k", "--delay", "1h")
                .exits(0)
                .out()
                .strip();

        JsonNode task = rpc.call("task.get").with("taskId", id).result().get("task");
        assertThat(task.get("text").asText()).isEqualTo("Grüße 🎉");
        assertThat(task.get("priority").intValue()).isEqualTo(80);
        assertThat(task.get("roles")).hasToString("[\"gpu\",\"eu\"]");
        assertThat(task.get("metadata")).hasToString("{\"pr\":7}");
        assertThat(task.get("dependsOn")).hasToString("[\"" + first + "\"]");
        assertThat(task.get("resources")).hasSize(2);
        assertThat(task.get("leaseMs").intValue()).isEqualTo(90_000);
        assertThat(task.get("maxAttempts").intValue()).isEqualTo(5);
        assertThat(task.has("runAt")).isTrue();
    }

    @Test
    void listsAreTablesForPeopleAndJsonForPrograms() {
        create("one");
        create("two");
        assertThat(cb.run("task", "list").exits(0).out().lines()).hasSize(3)
                .first()
                .asString()
                .matches("ID +STATUS +PRIORITY .*TEXT");
        assertThat(Json.read(cb.run("task", "list", "--json", "--status", "pending").exits(0).out()))
                .isEqualTo(rpc.call("task.list").result());
        assertThat(cb.run("task", "list", "--limit", "1").exits(0).err())
                .isEqualTo("cb: there are more; raise --limit\n");

        rpc.call("system.register").with("id", "w1").with("roles", List.of("worker")).result();
        assertThat(cb.run("instances").exits(0).out()).contains("w1", "healthy", "LAST SEEN");
        assertThat(cb.run("state").exits(0).out()).contains("leader w1", "2 assigned", "one");
        assertThat(Json.read(cb.run("state", "--json").exits(0).out()).at("/leader/id").asText()).isEqualTo("w1");
    }

    @Test
    void getShowsTheHistory() {
        String id = create("one");
        rpc.call("task.cancel").with("taskId", id).with("reason", "no need").result();
        assertThat(cb.run("task", "get", id).exits(0).out()).contains("status: cancelled", "reason: no need",
                "task.created");
    }

    @Test
    void waitPrintsTheResultOfACompletedTask() {
        String id = create("one");
        try (Cb.Run waiting = cb.start("task", "wait", id)) {
            complete("result", "all is well\nnow");
            waiting.exits(0);
            assertThat(waiting.out()).isEqualTo("all is well\nnow\n");
            assertThat(waiting.err()).as("progress, but not on a terminal").isEmpty();
        }
    }

    @Test
    void exitCodeOfWaitTellsHowATaskEnded() {
        String dead = create("one");
        complete("error", "no disk");
        cb.run("task", "wait", dead).refuses(Exit.FAILED, "dead", "no disk");

        String cancelled = create("two");
        cb.run("task", "cancel", cancelled, "--reason", "no need").exits(0);
        cb.run("task", "wait", cancelled).refuses(Exit.CANCELLED, "cancelled", "no need");

        assertThat(cb.run("task", "retry", cancelled).exits(0).out()).isEqualTo(cancelled + " is pending\n");
        cb.run("task", "wait", "--timeout", "1s", cancelled).refuses(Exit.NOTHING, "not ended in time");
    }

    @Test
    void waitOutlivesAnOutageOfTheService() {
        try (ServiceProcess first = ServiceProcess.start("-Dquarkus.redis.hosts=" + redis.uri())) {
            String id = create("one");
            URI base = first.base();
            try (Cb.Run waiting = new Cb(temp, base).start("task", "wait", "--json", id)) {
                Pattern secondCall = Pattern.compile("script_seconds_count\\{script=\"task_get\"} [2-9]");
                await().until(() -> secondCall.matcher(get(base + "/q/metrics").asString()).find());
                first.kill();
                complete("result", Json.read("{\"n\":1}"));
                try (ServiceProcess second = ServiceProcess.start("-Dquarkus.redis.hosts=" + redis.uri(),
                        "-Dquarkus.http.port=" + base.getPort())) {
                    assertThat(Json.read(waiting.exits(0).out()).get("result")).hasToString("{\"n\":1}");
                    assertThat(second.base()).isEqualTo(base);
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"task create --priority 101 x,1,priority: must be 0 to 100",
            "task get nope,1,task.get nope: Invalid params: task_not_found",
            "task create --prio 1 x,2,--prio", "task create,2,<text>", "task,2,subcommand",
            "tasks,2,did you mean task?",
            "task create --metadata [] x,2,--metadata", "task wait --timeout soon x,2,--timeout",
            "state --url ftp://127.0.0.1,2,must begin with http",
            "state --url 127.0.0.1:1,3,cannot reach the service at http://127.0.0.1:1:",
            "state --url http://127.0.0.1:1,3,cannot reach the service",
            "state --url http://nowhere.invalid,3,unknown host", "work --capacity 0 -- true,2,--capacity",
            "watch --type task.finished,1,must be one of",
            "state --key-file nowhere,2,in the file nowhere: there is no such file",
            "state --key-file .,2,key",
            "state --ca-file nowhere,2,nowhere", "state --bench No_Bench,2,--bench",
            "work --lease 0s -- true,2,--lease",
            "work --lease=-1s -- true,2,--lease", "work --drain=-1s -- true,2,--drain",
            "work --heartbeat 0s -- true,2,--heartbeat", "task wait --timeout=-1s x,2,--timeout",
            "task create --delay 99999999999d x,2,--delay",
            "task create --lease 10x x,2,must be a duration such as 90s or 10m",
            "task create --run-at 2027-01-01 x,2,must be a time such as 2027-01-31T18:00:00Z",
            "-Dquarkus.http.port=1,2,stand before -jar"})
    void errorIsOneLineWithTheReason(String arguments, int exit, String words) {
        cb.run(arguments.split(" ", -1)).refuses(exit, words);
    }

    @Test
    void variableThatIsNoNumberIsNamed() {
        cb.with("CLAUDEBENCH_HEARTBEAT_SECONDS", "soon")
                .run("work", "--", "true")
                .refuses(Exit.USAGE, "CLAUDEBENCH_HEARTBEAT_SECONDS", "from 1 on");
    }

    @Test
    void taskWhoseCreationWasNotAnsweredIsNotCreatedTwice() {
        try (TcpProxy proxy = TcpProxy.to(service.base())) {
            proxy.resetBeforeReplyTo("task.create");
            Cb.Run lost = new Cb(temp, proxy.uri()).run("task", "create", "x");
            lost.refuses(Exit.UNAVAILABLE, "may have been created", "--idempotency-key ");
            String key = lost.err().replaceFirst("(?s).*--idempotency-key (\\S+)\n", "$1");
            String id = cb.run("task", "create", "x", "--idempotency-key", key).exits(0).out().strip();
            assertThat(rpc.call("task.list").result().get("tasks").findValuesAsText("id")).containsExactly(id);
        }
        assertThat(
                new Cb(temp, URI.create("http://127.0.0.1:1")).run("task", "create", "x").exits(Exit.UNAVAILABLE).err())
                .doesNotContain("may have been created");
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 302, 401, 403, 404, 407})
    void pageOfAProxyIsAnError(int status) {
        try (Answers proxy = Answers.page(status)) {
            Cb behind = new Cb(temp, proxy.uri());
            behind.run("task", "get", "x").refuses(Exit.REFUSED, "answers " + status);
            if (status != 200) {
                behind.run("watch").refuses(Exit.REFUSED, "answers " + status);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 502, 503, 504})
    void outageThatAProxyReportsIsOne(int status) {
        try (Answers proxy = Answers.page(status)) {
            new Cb(temp, proxy.uri()).run("task", "get", "x").refuses(Exit.UNAVAILABLE, "answers " + status);
        }
    }

    @Test
    void answerThatDoesNotEndIsNotAwaitedForEver() {
        try (Answers ok = Answers.stalling(200); Answers failing = Answers.stalling(503)) {
            Cb.Run call = new Cb(temp, ok.uri()).start("state");
            Cb.Run stream = new Cb(temp, failing.uri()).start("watch");
            call.refuses(Exit.UNAVAILABLE, "no answer in time");
            stream.refuses(Exit.UNAVAILABLE, "no answer in time");
        }
    }

    @Test
    void certificateOfAPrivateCaIsTrustedOnDemand() throws Exception {
        TlsFiles tls = TlsFiles.make(temp);
        try (ServiceProcess secure = ServiceProcess.start("-Dquarkus.redis.hosts=" + redis.uri(),
                "-Dquarkus.http.ssl-port=0", "-Dquarkus.http.ssl.certificate.files=" + tls.certificate(),
                "-Dquarkus.http.ssl.certificate.key-files=" + tls.key())) {
            Matcher address = Pattern.compile("https://[^\\s\"]+").matcher(secure.log());
            assertThat(address.find()).isTrue();
            Cb agent = new Cb(temp, URI.create(address.group()));
            agent.run("state").refuses(Exit.UNAVAILABLE, "--ca-file");
            agent.run("state", "--ca-file", tls.certificate().toString()).exits(0);
            agent.with("CLAUDEBENCH_CA_FILE", tls.certificate().toString()).run("state").exits(0);
            agent.run("state", "--ca-file", tls.key().toString()).refuses(Exit.USAGE, tls.key().toString());
        }
    }

    @Test
    void progressIsForTheTerminalOfStandardError() throws IOException {
        String id = create("one");
        for (String redirection : List.of(">out", "2>err")) {
            Path typescript = temp.resolve("typescript");
            cb.start(List.of("script", "-qec", "cb task wait " + id + " --timeout 1s " + redirection,
                    typescript.toString()))
                    .exits(Exit.NOTHING);
            boolean isShown = redirection.equals(">out");
            assertThat(Files.readString(typescript).contains("pending")).as(redirection).isEqualTo(isShown);
        }
        assertThat(temp.resolve("err")).hasContent("cb: the task " + id + " has not ended in time");
        assertThat(temp.resolve("out")).isEmptyFile();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "/rpc", "/bench/b1/rpc"})
    void urlMayBeThatOfTheHooks(String path) {
        Cb other = new Cb(temp, URI.create(service.base() + path));
        String id = other.run("task", "create", "x").exits(0).out().strip();
        assertThat((path.contains("b1") ? rpc.on("b1") : rpc).call("task.list").result().at("/tasks/0/id").asText())
                .isEqualTo(id);
        assertThat(other.run("task", "list", "--bench", "b2").exits(0).out().lines()).hasSize(1);
    }

    @Test
    void optionsOfTheConnectionMayStandBeforeTheCommand() {
        Cb nowhere = new Cb(temp, URI.create("http://127.0.0.1:1"));
        String url = service.base().toString();
        String id = nowhere.run("--url", url, "--bench", "b1", "task", "create", "x").exits(0).out().strip();
        assertThat(nowhere.run("--json", "task", "--url", url, "list", "--bench", "b1").exits(0).out())
                .contains("\"id\":\"" + id);
    }

    @Test
    void addressWithoutTlsIsNamed() {
        cb.run("state", "--url", service.base().toString().replace("http:", "https:"))
                .refuses(Exit.UNAVAILABLE, "no TLS at this port", "--url");
    }

    @Test
    void addressWithoutTheServiceIsNamed() {
        cb.run("state", "--url", service.base() + "/q").refuses(Exit.REFUSED, "answers 404", "--url");
    }

    @Test
    void keyComesFromTheEnvironmentOrAFile() throws IOException {
        String option = KeyFile.with(temp.resolve("keys"), "viewer");
        Path file = Files.writeString(temp.resolve("key"), KeyFile.key("viewer") + "\n");
        try (ServiceProcess guarded = ServiceProcess.start("-Dquarkus.redis.hosts=" + redis.uri(), option)) {
            Cb agent = new Cb(temp, guarded.base());
            agent.run("task", "list").refuses(Exit.REFUSED, "Unauthenticated", "CLAUDEBENCH_KEY");
            agent.run("watch").refuses(Exit.REFUSED, "Unauthenticated", "CLAUDEBENCH_KEY");
            agent.with("CLAUDEBENCH_KEY", KeyFile.key("viewer")).run("task", "list").exits(0);
            agent.with("CLAUDEBENCH_KEY_FILE", file.toString()).run("task", "list").exits(0);
            agent.with("CLAUDEBENCH_KEY", "wrong").run("task", "list", "--key-file", file.toString()).exits(0);
            agent.with("CLAUDEBENCH_KEY", KeyFile.key("viewer"))
                    .run("task", "create", "x")
                    .refuses(Exit.REFUSED, "permission lead");
            agent.with("CLAUDEBENCH_KEY", KeyFile.key("viewer"))
                    .run("work", "--", "true")
                    .refuses(Exit.REFUSED, "permission agent");
        }
    }

    @Test
    void bashCompletesCommandsOptionsAndStatuses() throws IOException, InterruptedException {
        Path script = temp.resolve("completion");
        Files.writeString(script, cb.run("generate-completion").exits(0).out());
        assertThat(cb.start(List.of("bash", "-n", script.toString())).exits(0).err()).isEmpty();

        assertThat(completions(script, "cb", "ta")).containsExactly("task");
        assertThat(completions(script, "cb", "task", "w")).containsExactly("wait");
        assertThat(completions(script, "cb", "work", "--dr")).containsExactly("--drain");
        assertThat(completions(script, "cb", "task", "list", "--status", "dea")).containsExactly("dead");
    }

    /** In a terminal of zsh, with the line of docs/cb.md: the words are completed by the tabulator. */
    @Test
    void zshCompletesCommands() throws IOException, InterruptedException {
        boolean isThere = Stream.of(System.getenv("PATH").split(":", -1))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "zsh")));
        assumeTrue(isThere || System.getenv("CI") != null, "zsh is needed");
        Path script = temp.resolve("completion");
        Files.writeString(script, cb.run("generate-completion").exits(0).out());
        Path terminal = Files.writeString(temp.resolve("terminal.zsh"),
                """
                zmodload zsh/zpty
                zpty shell zsh -f -i
                zpty -w shell "autoload -U compinit bashcompinit; compinit -u -D; bashcompinit"
                zpty -w shell "cb() { print -r -- ran: \\$* }; source $1; print REA''DY"
                zpty -r shell before '*READY*'
                zpty -w shell $'cb ta\t wa\t'
                zpty -r shell answer '*ran: *task wait*'
                zpty -d shell
                print -r -- $answer
                """);
        assertThat(cb.start(List.of("zsh", "-f", terminal.toString(), script.toString())).exits(0).out())
                .contains("ran: task wait");
    }

    private List<String> completions(Path script, String... words) {
        String line = String.join(" ", words);
        Cb.Run bash = cb.start(List.of("bash", "-c", "source " + script + "; COMP_WORDS=(" + line + "); COMP_CWORD="
                + (words.length - 1) + "; COMP_LINE='" + line + "'; COMP_POINT=" + line.length()
                + "; _complete_cb; printf '%s\\n' \"${COMPREPLY[@]}\""));
        return bash.exits(0).out().lines().map(String::strip).toList();
    }
}
