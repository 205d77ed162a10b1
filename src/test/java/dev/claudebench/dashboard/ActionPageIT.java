package dev.claudebench.dashboard;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.options.AriaRole;

import dev.claudebench.support.KeyFile;
import dev.claudebench.support.RedisProcess;
import dev.claudebench.support.Rpc;
import dev.claudebench.support.ServiceProcess;

/** What users do by clicks and keys, and who may. */
class ActionPageIT extends BrowserTest {
    private static RedisProcess redis;
    private static ServiceProcess service;
    private static ServiceProcess guarded;
    private static Rpc rpc;
    @TempDir
    static Path folder;

    @BeforeAll
    static void start() {
        redis = new RedisProcess().start();
        String[] options = {"-Dquarkus.redis.hosts=" + redis.uri(),
                "-Dclaudebench.rate-limit.\"system.register\".limit=0",
                KeyFile.with(folder.resolve("keys"), "viewer", "lead", "admin")};
        service = ServiceProcess.launch(options[0], options[1]);
        guarded = ServiceProcess.launch(options);
        service.awaitReady();
        guarded.awaitReady();
        rpc = Rpc.of(service);
    }

    @AfterEach
    void empty() {
        redis.cli("FLUSHALL");
    }

    @AfterAll
    static void stop() {
        service.close();
        guarded.close();
        redis.close();
    }

    private static JsonNode create(String text) {
        return rpc.call("task.create").with("text", text).with("maxAttempts", 1).result();
    }

    private static JsonNode claim() {
        rpc.call("system.register").with("id", "anna").with("roles", List.of("worker")).result();
        return rpc.call("task.claim").with("workerId", "anna").result().get("task");
    }

    private static void kill(String text) {
        create(text);
        JsonNode task = claim();
        rpc.call("task.complete")
                .with("taskId", task.get("id"))
                .with("claim", task.get("claim"))
                .with("error", "no")
                .result();
    }

    private static JsonNode tasks(String status) {
        return rpc.call("task.list").with("status", status).result().get("tasks");
    }

    private Locator inDialog(String button) {
        return page.getByRole(AriaRole.DIALOG)
                .getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName(button).setExact(true));
    }

    @Test
    void taskIsCreatedWithAllOptions() {
        String first = create("first").get("id").textValue();
        open(service, "tasks");
        button("Create a task").click();
        field("Text").fill("Review the parser");
        page.getByText("All options").click();
        field("Priority, 0 to 100").fill("90");
        field("Roles that the worker must have, with commas between").fill("java, docs");
        field("Resources to hold, such as repo/src/parser, with commas between").fill("repo/src");
        field("Ids of tasks to be completed before, with commas between").fill(first);
        field("Not before, in seconds from now").fill("60");
        field("Lease: seconds that a claim may go without progress").fill("30");
        field("Most attempts").fill("5");
        field("Idempotency key").fill("once");
        field("Metadata, a JSON object").fill("{\"branch\": \"main\"}");
        inDialog("Create").click();
        assertThat(page.getByText("The task is created.")).isVisible();
        assertThat(page.locator("h1")).hasText("Review the parser");

        JsonNode task = tasks("blocked").get(0);
        assertThat(task.get("priority").intValue()).isEqualTo(90);
        assertThat(task.get("roles").toString()).isEqualTo("[\"java\",\"docs\"]");
        assertThat(task.get("resources").toString()).isEqualTo("[\"repo/src\"]");
        assertThat(task.get("dependsOn").toString()).isEqualTo("[\"" + first + "\"]");
        assertThat(task.get("runAt").longValue()).isEqualTo(task.get("createdAt").longValue() + 60_000);
        assertThat(task.get("leaseMs").longValue()).isEqualTo(30_000);
        assertThat(task.get("maxAttempts").intValue()).isEqualTo(5);
        assertThat(task.get("metadata").toString()).isEqualTo("{\"branch\":\"main\"}");
    }

    @Test
    void badFieldIsNamedAndWhatWasTypedStays() {
        open(service, "tasks");
        button("Create a task").click();
        field("Text").fill("Review the parser");
        page.getByText("All options").click();
        field("Priority, 0 to 100").fill("500");
        inDialog("Create").click();
        assertThat(page.getByRole(AriaRole.ALERT)).hasText("priority: must be 0 to 100");
        field("Priority, 0 to 100").fill("50");
        field("Metadata, a JSON object").fill("{");
        inDialog("Create").click();
        assertThat(page.getByRole(AriaRole.ALERT)).hasText("metadata: must be JSON.");
        field("Metadata, a JSON object").fill("");
        inDialog("Create").click();
        assertThat(page.locator("h1")).hasText("Review the parser");
        assertThat(tasks("pending")).hasSize(1);
    }

    @Test
    void taskIsCancelledOnceConfirmed() {
        String id = create("Review the parser").get("id").textValue();
        open(service, "task/" + id);
        button("Cancel").click();
        inDialog("Back").click();
        assertThat(tasks("pending")).hasSize(1);
        button("Cancel").click();
        field("Reason").fill("not needed");
        inDialog("Cancel the task").click();
        assertThat(page.getByText("The task is cancelled.")).isVisible();
        assertThat(page.getByText("cancelled: not needed")).isVisible();
        assertThat(tasks("cancelled").get(0).get("reason").textValue()).isEqualTo("not needed");

        button("Retry").click();
        inDialog("Retry").click();
        assertThat(page.getByText("The task is retried.")).isVisible();
        assertThat(tasks("pending")).hasSize(1);
    }

    @Test
    void allDeadTasksAreRetriedAtOnce() {
        for (int i = 0; i < 60; i++) {
            kill("task " + i);
        }
        open(service, "attention");
        button("Retry all 60 dead tasks").click();
        inDialog("Retry").click();
        assertThat(page.getByText("60 tasks are retried.")).isVisible();
        assertThat(page.getByText("All is well")).isVisible();
        assertThat(tasks("dead")).isEmpty();
    }

    @Test
    void whatCouldNotBeDoneIsTold() {
        kill("Review the parser");
        open(service, "task/" + tasks("dead").get(0).get("id").textValue());
        button("Retry").click();
        rpc.call("task.retry").with("taskId", tasks("dead").get(0).get("id")).result();
        inDialog("Retry").click();
        assertThat(page.getByRole(AriaRole.ALERT)).containsText("task is neither dead nor cancelled");
    }

    @Test
    void taskIsReleased() {
        create("Review the parser");
        JsonNode task = claim();
        open(service, "task/" + task.get("id").textValue());
        button("Release").click();
        inDialog("Release").click();
        assertThat(page.getByText("released by anna")).isVisible();
        assertThat(rpc.call("task.complete").with("taskId", task.get("id")).with("claim", task.get("claim")).refusal())
                .isNotEmpty();
    }

    @Test
    void taskIsCreatedByKeyboardAlone() {
        open(service, "fleet");
        page.keyboard().press("Tab");
        assertThat(page.getByText("Skip to the content")).isFocused();
        for (int i = 0; i < 3; i++) {
            page.keyboard().press("Tab");
        }
        assertThat(link("Tasks")).isFocused();
        page.keyboard().press("Enter");
        assertThat(page.locator("main")).isFocused();
        page.keyboard().press("Tab");
        assertThat(button("Create a task")).isFocused();
        page.keyboard().press("Enter");
        assertThat(field("Text")).isFocused();
        page.keyboard().type("Review the parser");
        page.keyboard().press("Tab");
        page.keyboard().press("Tab");
        page.keyboard().press("Tab");
        assertThat(inDialog("Create")).isFocused();
        page.keyboard().press("Enter");
        assertThat(page.locator("h1")).hasText("Review the parser");
        button("Cancel").focus();
        page.keyboard().press("Enter");
        page.keyboard().press("Escape");
        assertThat(page.getByRole(AriaRole.DIALOG)).hasCount(0);
        assertThat(button("Cancel")).isFocused();
    }

    @Test
    void keyIsAskedForAndKeptInThisTabOnly() {
        page.navigate(guarded.base().toString());
        assertThat(page.getByText("The service needs a key.").last()).isVisible();
        field("Key").fill("cb_wrong_key");
        button("Use this key").click();
        assertThat(page.getByText("The key is not accepted.").last()).isVisible();
        field("Key").fill(KeyFile.key("lead"));
        button("Use this key").click();
        assertThat(page.getByText("● live")).isVisible();
        assertThat(page.evaluate("JSON.stringify([localStorage.length, document.cookie, location.href])").toString())
                .isEqualTo("[0,\"\",\"" + guarded.base() + "/\"]");
        page.reload();
        assertThat(page.getByText("● live")).isVisible();
        button("lead-1").click();
        assertThat(page.getByText("may do what lead may")).isVisible();
        button("Forget the key").click();
        assertThat(page.getByText("The service needs a key.").last()).isVisible();
    }

    @Test
    void viewerIsOfferedNoActionAndLeadNoRelease() {
        create("Review the parser");
        JsonNode task = claim();
        kill("Write the tests");
        useKey("viewer", "task/" + task.get("id").textValue());
        assertThat(page.getByText("begun by anna")).isVisible();
        assertThat(page.locator("main button")).hasText(new String[]{"Copy"});
        link("Tasks").click();
        assertThat(column("dead")).containsText("Write the tests");
        assertThat(button("Create a task")).hasCount(0);
        page.navigate(guarded.base().resolve("/#/attention").toString());
        assertThat(link("Write the tests")).isVisible();
        assertThat(page.locator("main button")).hasCount(0);

        useKey("lead", "task/" + task.get("id").textValue());
        assertThat(button("Cancel")).isVisible();
        assertThat(button("Release")).hasCount(0);
        useKey("admin", "task/" + task.get("id").textValue());
        assertThat(button("Release")).isVisible();
    }

    private void useKey(String permission, String view) {
        page.navigate(guarded.base().toString());
        page.evaluate("key => sessionStorage.setItem('claudebench.key', key)", KeyFile.key(permission));
        page.navigate("about:blank");
        open(guarded, view);
    }
}
