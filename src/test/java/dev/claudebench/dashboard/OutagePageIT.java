package dev.claudebench.dashboard;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.AriaRole;

import dev.claudebench.support.RedisProcess;
import dev.claudebench.support.Rpc;
import dev.claudebench.support.ServiceProcess;

/** The page while Redis or the service is away, and when they are back. It is never reloaded. */
class OutagePageIT extends BrowserTest {
    private static final int RECOVERY_MS = 20_000;
    private RedisProcess redis;
    private ServiceProcess service;

    @BeforeEach
    void start() {
        redis = new RedisProcess("--appendonly yes").start();
        service = ServiceProcess.start("-Dquarkus.redis.hosts=" + redis.uri());
        register("anna");
        open(service, "fleet");
        assertThat(row("anna")).isVisible();
        page.evaluate("window.isTheSamePage = true");
    }

    @AfterEach
    void stop() {
        service.close();
        redis.close();
    }

    private void register(String id) {
        Rpc.of(service).call("system.register").with("id", id).with("roles", List.of("worker")).result();
    }

    private void isLiveAgain() {
        assertThat(page.getByText("● live"))
                .isVisible(new LocatorAssertions.IsVisibleOptions().setTimeout(RECOVERY_MS));
        assertThat(page.getByRole(AriaRole.ALERT)).hasCount(0);
        assertThat(page.evaluate("window.isTheSamePage")).isEqualTo(true);
    }

    private void saysThatItIsNotConnected() {
        assertThat(page.getByText("not connected"))
                .isVisible(new LocatorAssertions.IsVisibleOptions().setTimeout(RECOVERY_MS));
        assertThat(page.getByRole(AriaRole.ALERT)).containsText("What is shown is old");
        assertThat(page.locator("main.stale")).isVisible();
    }

    @Test
    void redisIsKilledAndComesBack() {
        redis.kill();
        saysThatItIsNotConnected();
        link("Attention").click();
        assertThat(page.getByText("Redis lost"))
                .isVisible(new LocatorAssertions.IsVisibleOptions().setTimeout(RECOVERY_MS));
        assertThat(page.getByText("system.get_state is open"))
                .isVisible(new LocatorAssertions.IsVisibleOptions().setTimeout(RECOVERY_MS));
        redis.start();
        isLiveAgain();
        assertThat(page.getByText("Redis lost"))
                .hasCount(0, new LocatorAssertions.HasCountOptions().setTimeout(RECOVERY_MS));
        link("Fleet").click();
        register("bert");
        assertThat(row("bert")).isVisible();
    }

    @Test
    void serviceIsKilledAndComesBack() {
        int port = service.base().getPort();
        service.kill();
        saysThatItIsNotConnected();
        service = ServiceProcess.start("-Dquarkus.redis.hosts=" + redis.uri(), "-Dquarkus.http.port=" + port);
        register("bert");
        isLiveAgain();
        assertThat(row("bert")).isVisible();
    }

    @Test
    void stateIsReadAgainWhenEventsWereMissed() {
        Rpc rpc = Rpc.of(service);
        rpc.call("task.create").with("text", "lost").result();
        link("Tasks").click();
        assertThat(column("pending")).containsText("lost");
        // Redis comes back empty: no event tells that the task is gone
        redis.cli("FLUSHALL");
        rpc.call("task.create").with("text", "new").result();
        assertThat(column("pending")).containsText("new");
        assertThat(column("pending")).not().containsText("lost");
        assertThat(page.evaluate("window.isTheSamePage")).isEqualTo(true);
    }
}
