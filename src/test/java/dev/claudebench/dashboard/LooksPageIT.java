package dev.claudebench.dashboard;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Response;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;

import dev.claudebench.support.RedisProcess;
import dev.claudebench.support.Rpc;
import dev.claudebench.support.ServiceProcess;

/**
 * How the page looks in both themes, on a phone and on a wide screen: accessible by axe's rules, small, and as in README.md, whose
 * pictures are written to target/dashboard-light.png and target/dashboard-dark.png.
 */
class LooksPageIT extends BrowserTest {
    private static final int MAX_BYTES = 200 * 1024;
    private static final List<String> AGENTS = List.of("anna", "bert", "cleo", "dora", "emil", "fritz");
    private static final List<String> TEXTS = List.of("Review the parser", "Write the tests of the lexer",
            "Mend the race in the event reader", "Document the retry policy", "Measure the start", "Split the README",
            "Port the command line", "Check the manifests");
    private static RedisProcess redis;
    private static ServiceProcess service;
    private static Rpc rpc;
    private static String dead;

    @BeforeAll
    static void startAFleet() {
        redis = new RedisProcess().start();
        service = ServiceProcess.start("-Dquarkus.redis.hosts=" + redis.uri(), "-Dclaudebench.instance.ttl=10m",
                "-Dclaudebench.rate-limit.\"system.register\".limit=0");
        rpc = Rpc.of(service);
        register("planner", 10, "leader");
        AGENTS.forEach(agent -> register(agent, agent.equals("bert") ? 1 : 3, "worker",
                agent.compareTo("d") < 0 ? "java" : "docs"));
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
            ids.add(rpc.call("task.create")
                    .with("text", TEXTS.get(i % TEXTS.size()) + (i < TEXTS.size() ? "" : ", part " + i / TEXTS.size()))
                    .with("priority", 20 + i * 13 % 70)
                    .with("roles", i % 5 == 0 ? List.of("java") : List.of())
                    .with("resources", i % 4 == 0 ? List.of("repo/src/m" + i) : List.of())
                    .with("dependsOn", i % 6 == 5 ? List.of(ids.get(i - 1)) : List.of())
                    .with("delayMs", i % 12 == 7 ? 3_600_000 : 0)
                    .result()
                    .get("id")
                    .textValue());
        }
        AGENTS.forEach(LooksPageIT::work);
        dead = deadTask();
        rpc.call("task.create").with("text", "Smoke test of staging").with("dependsOn", List.of(dead)).result();
    }

    /** Claims two tasks, ends one of them and reports progress on the other. */
    private static void work(String agent) {
        JsonNode tasks = rpc.call("task.claim").with("workerId", agent).with("maxTasks", 2).result().get("tasks");
        Rpc.Call end = ofClaim("task.complete", tasks.get(0));
        if (agent.equals("cleo")) {
            end.with("error", "the compiler crashed").result();
        } else if (!agent.equals("bert")) {
            end.with("result", Map.of("files", 3)).result();
        }
        if (tasks.size() > 1) {
            ofClaim("task.progress", tasks.get(1)).with("percent", 40).with("note", "half of the files").result();
        }
    }

    private static Rpc.Call ofClaim(String method, JsonNode task) {
        return rpc.call(method).with("taskId", task.get("id")).with("claim", task.get("claim"));
    }

    private static String deadTask() {
        rpc.call("task.create")
                .with("text", "Deploy to staging")
                .with("priority", 100)
                .with("maxAttempts", 1)
                .result();
        JsonNode task = rpc.call("task.claim").with("workerId", "emil").result().get("task");
        ofClaim("task.complete", task)
                .with("error", "no such host: staging\n  at deploy.sh:12")
                .result();
        return task.get("id").textValue();
    }

    private static void register(String id, int capacity, String... roles) {
        rpc.call("system.register")
                .with("id", id)
                .with("roles", List.of(roles))
                .with("capacity", capacity)
                .with("metadata", Map.of("host", "build-" + id.length()))
                .result();
    }

    @AfterAll
    static void stop() {
        service.close();
        redis.close();
    }

    @ParameterizedTest
    @CsvSource({"LIGHT, 1280, 800", "DARK, 390, 844"})
    void everyViewIsAccessible(ColorScheme scheme, int width, int height) {
        // axe is a script that is not the page's own
        openContext(new Browser.NewContextOptions().setColorScheme(scheme)
                .setViewportSize(width, height)
                .setBypassCSP(true));
        open(service, "fleet");
        for (String view : List.of("fleet", "tasks", "tasks?as=table", "task/" + dead, "instance/bert", "attention",
                "history")) {
            page.navigate(service.base().resolve("/#/" + view).toString());
            assertThat(page.locator("h1")).isVisible();
            isAccessible(view);
            assertThat(page.evaluate("document.documentElement.scrollWidth")).as("width of " + view).isEqualTo(width);
        }
        page.navigate(service.base().resolve("/#/tasks").toString());
        button("Create a task").click();
        page.getByText("All options").click();
        isAccessible("create");
        page.keyboard().press("Escape");
        button("Key").click();
        isAccessible("key");
    }

    private void isAccessible(String view) {
        assertThat(new AxeBuilder(page).analyze().getViolations()).as(view).isEmpty();
    }

    @Test
    void landmarksAndNamesAreThereForScreenReaders() {
        open(service, "attention");
        assertThat(page.getByRole(AriaRole.BANNER)).isVisible();
        assertThat(page.getByRole(AriaRole.MAIN)).isVisible();
        assertThat(page.getByRole(AriaRole.NAVIGATION, new Page.GetByRoleOptions().setName("Views"))).isVisible();
        assertThat(page.locator("nav a[aria-current=page]")).containsText("Attention");
        assertThat(link("Deploy to staging")).isVisible();
        assertThat(link("Smoke test of staging")).isVisible();
        assertThat(page.getByText("At capacity")).isVisible();
    }

    @Test
    void lastHourIsDrawnAndSaid() {
        long minute = System.currentTimeMillis() / 60_000 * 60_000;
        // The newest is of the next minute, so that no sweep adds one during the test.
        redis.cli("EVAL", """
                          redis.call('DEL', KEYS[1])
                          for i = 0, 3 do
                            redis.call('XADD', KEYS[1], string.format('%.0f-0', ARGV[1] + (i - 2) * 60000),
                              'tasksCreated', 20 * i, 'tasksPending', 7, 'calls', 300 * i)
                          end""", "1", "cb:metrics:minutes", Long.toString(minute));
        open(service, "history");
        assertThat(page.locator("dl.tiles")).containsText("Instances7");
        assertThat(chart("Tasks a minute: created 20,")).isVisible();
        assertThat(chart("Tasks that wait and run: pending 7,")).isVisible();
        assertThat(chart("Calls a minute: calls 300,")).isVisible();
    }

    private Locator chart(String name) {
        return page.getByRole(AriaRole.IMG, new Page.GetByRoleOptions().setName(name));
    }

    @Test
    void pageIsSmall() {
        List<Response> responses = new ArrayList<>();
        page.onResponse(responses::add);
        open(service, "tasks");
        int bytes = responses.stream()
                .filter(response -> response.request().method().equals("GET") && !response.url().contains("/events"))
                .mapToInt(response -> response.request().sizes().responseBodySize)
                .sum();
        assertThat(bytes).isBetween(1, MAX_BYTES);
    }

    @ParameterizedTest
    @CsvSource({"LIGHT, light", "DARK, dark"})
    void picturesOfTheReadmeAreMade(ColorScheme scheme, String name) {
        openContext(new Browser.NewContextOptions().setColorScheme(scheme).setViewportSize(1280, 720));
        open(service, "tasks");
        assertThat(column("dead")).containsText("Deploy to staging");
        page.screenshot(new Page.ScreenshotOptions().setPath(Path.of("target/dashboard-" + name + ".png")));
    }
}
