package dev.claudebench.dashboard;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.options.AriaRole;

import dev.claudebench.support.RedisProcess;
import dev.claudebench.support.Rpc;
import dev.claudebench.support.ServiceProcess;

/** The views of tasks, which the API changes meanwhile. */
class TaskPageIT extends BrowserTest {
    private static final String SCRIPT = "<img src=x onerror=\"document.body.id='hacked'\"><script>document.body.id='hacked'</script>";
    private static RedisProcess redis;
    private static ServiceProcess service;
    private static Rpc rpc;

    @BeforeAll
    static void start() {
        redis = new RedisProcess().start();
        service = ServiceProcess.start("-Dquarkus.redis.hosts=" + redis.uri(),
                "-Dclaudebench.rate-limit.\"system.register\".limit=0", "-Dclaudebench.task.backoff.first=1h",
                "-Dclaudebench.task.backoff.longest=1h");
        rpc = Rpc.of(service);
    }

    @AfterEach
    void empty() {
        redis.cli("FLUSHALL");
    }

    @AfterAll
    static void stop() {
        service.close();
        redis.close();
    }

    private static JsonNode create(String text) {
        return rpc.call("task.create").with("text", text).result();
    }

    private static JsonNode claim() {
        rpc.call("system.register").with("id", "anna").with("roles", List.of("worker")).result();
        return rpc.call("task.claim").with("workerId", "anna").result().get("task");
    }

    private static Rpc.Call ofClaim(String method, JsonNode task) {
        return rpc.call(method).with("taskId", task.get("id")).with("claim", task.get("claim"));
    }

    @Test
    void boardFollowsATaskThroughItsLife() {
        open(service, "tasks");
        create("Review the parser");
        assertThat(column("pending").getByRole(AriaRole.LINK)).hasText("Review the parser");

        JsonNode claimed = claim();
        assertThat(column("in progress")).containsText("Review the parser");
        assertThat(column("in progress")).containsText("anna");
        assertThat(column("pending").getByRole(AriaRole.LINK)).hasCount(0);

        ofClaim("task.complete", claimed).with("error", "it crashed").result();
        assertThat(column("scheduled")).containsText("1 of 3 attempts lost");

        rpc.call("task.cancel").with("taskId", claimed.get("id")).result();
        assertThat(column("cancelled")).containsText("Review the parser");

        rpc.call("task.retry").with("taskId", claimed.get("id")).result();
        ofClaim("task.complete", claim()).with("result", Map.of("files", 3)).result();
        assertThat(column("completed")).containsText("Review the parser");
    }

    @Test
    void taskShowsItsProgressItsHistoryAndItsResult() {
        JsonNode task = rpc.call("task.create")
                .with("text", "Review the parser\nall of it")
                .with("metadata", Map.of("branch", "main"))
                .with("resources", List.of("repo/src/parser"))
                .with("leaseMs", 600_000)
                .result();
        JsonNode claimed = claim();
        open(service, "task/" + task.get("id").textValue());
        assertThat(page.getByText("begun by anna, claim " + claimed.get("claim"))).isVisible();
        assertThat(page.getByText("held now")).isVisible();
        assertThat(page.getByText("lapses in 9 min")).isVisible();
        assertThat(page.getByText("\"branch\": \"main\"")).isVisible();

        ofClaim("task.progress", claimed).with("note", "half of it").with("percent", 50).result();
        assertThat(page.getByText("half of it")).isVisible();
        assertThat(page.getByText("50 %")).isVisible();

        ofClaim("task.complete", claimed).with("error", "it crashed").result();
        assertThat(page.getByText("it crashed")).isVisible();
        assertThat(page.getByText("attempt 1 lost by anna: error")).isVisible();
        assertThat(page.getByText("held now")).hasCount(0);
    }

    @Test
    void idOfATaskCanBeCopied() {
        openContext(new Browser.NewContextOptions().setPermissions(List.of("clipboard-read", "clipboard-write")));
        String id = create("Review the parser").get("id").textValue();
        open(service, "task/" + id);
        button("Copy").click();
        assertThat(page.getByText("The id is copied.")).isVisible();
        assertThat(page.evaluate("navigator.clipboard.readText()")).isEqualTo(id);
    }

    @Test
    void dependenciesAreLinksInAGraph() {
        String first = create("Write the tests").get("id").textValue();
        String second = rpc.call("task.create")
                .with("text", "Review them")
                .with("dependsOn", List.of(first))
                .result()
                .get("id")
                .textValue();
        rpc.call("task.create").with("text", "Merge").with("dependsOn", List.of(second)).result();
        open(service, "task/" + second);
        var graph = page.getByLabel("Dependencies");
        assertThat(graph.getByRole(AriaRole.LINK))
                .containsText(new String[]{"Write the tests", "Review them", "Merge"});
        graph.getByRole(AriaRole.LINK).first().click();
        assertThat(page.locator("h1")).hasText("Write the tests");
        assertThat(page.getByLabel("Dependencies").getByRole(AriaRole.LINK))
                .containsText(new String[]{"Write the tests", "Review them"});
    }

    @Test
    void tasksAreFilteredByTextRoleWorkerPriorityResourceAndStatus() {
        rpc.call("task.create").with("text", "begun").with("priority", 90).result();
        claim();
        rpc.call("task.create").with("text", "for java").with("roles", List.of("java")).result();
        rpc.call("task.create")
                .with("text", "with files")
                .with("resources", List.of("repo/src"))
                .with("priority", 10)
                .result();
        open(service, "tasks?as=table");
        shows("begun", "for java", "with files");
        field("Search").fill("FOR J");
        shows("for java");
        field("Search").fill("");
        page.getByText("More filters").click();
        field("Role").fill("java");
        shows("for java");
        field("Role").fill("");
        field("Worker").fill("anna");
        shows("begun");
        field("Worker").fill("");
        field("Resource").fill("repo/src/parser");
        shows("with files");
        field("Resource").fill("");
        field("Priority from").fill("50");
        shows("begun", "for java");
        choice("Status").selectOption("in progress");
        shows("begun");
        // the address has the filters
        page.reload();
        shows("begun");
    }

    private void shows(String... texts) {
        assertThat(page.getByRole(AriaRole.ROW)
                .filter(new Locator.FilterOptions()
                        .setHas(page.locator("[href^='#/task/']"))))
                .hasCount(texts.length);
        assertThat(page.locator(".tasks a[href^='#/task/']")).hasText(texts);
    }

    @Test
    void scriptInWhatClientsSendIsShownAsText() {
        rpc.call("system.register")
                .with("id", SCRIPT)
                .with("roles", List.of("worker"))
                .with("metadata", Map.of("host", SCRIPT))
                .result();
        JsonNode task = rpc.call("task.create").with("text", SCRIPT).with("metadata", Map.of(SCRIPT, SCRIPT)).result();
        JsonNode claimed = rpc.call("task.claim").with("workerId", SCRIPT).result().get("task");
        ofClaim("task.progress", claimed).with("note", SCRIPT).result();
        open(service, "fleet");
        assertThat(row(SCRIPT)).isVisible();
        link(SCRIPT).first().click();
        assertThat(page.locator("h1")).hasText(SCRIPT);
        for (String view : List.of("tasks", "tasks?as=table", "attention", "task/" + task.get("id").textValue())) {
            page.navigate(service.base().resolve("/#/" + view).toString());
            assertThat(page.getByText("● live")).isVisible();
        }
        assertThat(page.locator("h1")).hasText(SCRIPT);
        ofClaim("task.complete", claimed).with("result", Map.of("html", SCRIPT)).result();
        assertThat(page.getByText("\"html\":")).isVisible();
        assertThat(page.locator("main img")).hasCount(0);
        assertThat(page.locator("#hacked")).hasCount(0);
    }

    @Test
    void aPageThatRanAScriptOfItsOwnWouldBeNoticed() {
        open(service, "tasks");
        page.evaluate("document.body.append(Object.assign(document.createElement('a'), {href: 'javascript:1'})); "
                + "document.body.lastChild.click()");
        page.waitForCondition(() -> !takeFaults().isEmpty());
    }
}
