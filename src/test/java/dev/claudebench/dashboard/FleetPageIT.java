package dev.claudebench.dashboard;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import com.microsoft.playwright.assertions.LocatorAssertions;

import dev.claudebench.support.RedisProcess;
import dev.claudebench.support.Rpc;
import dev.claudebench.support.ServiceProcess;

/** The view of the instances. */
class FleetPageIT extends BrowserTest {
    /** The page reads changes twice a second. A busy machine takes longer to show them. */
    private static final int AT_ONCE_MS = 3_000;

    private static RedisProcess redis;
    private static ServiceProcess service;
    private static Rpc rpc;

    @BeforeAll
    static void start() {
        redis = new RedisProcess().start();
        service = ServiceProcess.start("-Dquarkus.redis.hosts=" + redis.uri(), "-Dclaudebench.instance.ttl=12s",
                "-Dclaudebench.rate-limit.\"system.register\".limit=0");
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

    private static void register(String id, String... roles) {
        rpc.call("system.register").with("id", id).with("roles", List.of(roles)).result();
    }

    @Test
    void anEmptyFleetSaysHowInstancesCome() {
        open(service, "fleet");
        assertThat(page.getByText("No instance is alive.")).isVisible();
    }

    @Test
    void workerAppearsAtOnceAndGoesWhenItDies() {
        open(service, "fleet");
        register("anna", "worker", "java");
        assertThat(row("anna")).containsText("healthy", within(AT_ONCE_MS));
        assertThat(row("anna")).containsText("worker java");
        assertThat(row("anna")).containsText("0 of 10");
        assertThat(row("anna")).containsText("leads");
        assertThat(row("anna")).containsText("4 s ago", within(10_000));
        // half of its time to live is over
        assertThat(row("anna")).containsText("degraded", within(20_000));
        assertThat(row("anna")).hasCount(0, new LocatorAssertions.HasCountOptions().setTimeout(20_000));
    }

    @Test
    void workerThatUnregistersGoesAtOnce() {
        register("anna", "worker");
        open(service, "fleet");
        assertThat(row("anna")).isVisible();
        rpc.call("system.unregister").with("instanceId", "anna").result();
        assertThat(row("anna")).hasCount(0, new LocatorAssertions.HasCountOptions().setTimeout(AT_ONCE_MS));
    }

    @Test
    void instancesAreFilteredByRoleAndText() {
        register("anna", "worker", "java");
        register("bert", "worker");
        rpc.call("system.register")
                .with("id", "boss")
                .with("roles", List.of("leader"))
                .with("metadata", Map.of("host", "build-7"))
                .result();
        open(service, "fleet");
        assertThat(page.getByText("3 shown")).isVisible();
        choice("Role").selectOption("java");
        assertThat(page.getByText("1 shown")).isVisible();
        assertThat(row("anna")).isVisible();
        choice("Role").selectOption("any");
        field("Search").fill("BUILD-7");
        assertThat(page.getByText("1 shown")).isVisible();
        assertThat(row("boss")).containsText("leader");
    }

    @Test
    void anInstanceShowsWhatItHas() {
        register("anna", "worker");
        String task = rpc.call("task.create").with("text", "Review the parser").result().get("id").textValue();
        rpc.call("task.claim").with("workerId", "anna").result();
        open(service, "fleet");
        assertThat(row("anna")).containsText("1 of 10");
        assertThat(page).hasTitle("Fleet · ClaudeBench");
        link("anna").first().click();
        assertThat(page).hasTitle("anna · ClaudeBench");
        assertThat(page.getByText("1 of 10")).isVisible();
        link("Review the parser").click();
        assertThat(page.getByText(task).first()).isVisible();
    }

    @Test
    void benchesAreChosenByASwitch() {
        register("anna", "worker");
        rpc.on("experiment")
                .call("system.register")
                .with("id", "bert")
                .with("roles", List.of("worker"))
                .result();
        open(service, "fleet");
        assertThat(row("anna")).isVisible();
        choice("Bench").selectOption("experiment");
        assertThat(row("bert")).isVisible();
        assertThat(row("anna")).hasCount(0);
        choice("Bench").selectOption("default");
        assertThat(row("anna")).isVisible();
    }

    private static LocatorAssertions.ContainsTextOptions within(int ms) {
        return new LocatorAssertions.ContainsTextOptions().setTimeout(ms);
    }
}
