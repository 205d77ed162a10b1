package dev.claudebench.dashboard;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.AriaRole;

import dev.claudebench.support.FleetFiller;
import dev.claudebench.support.RedisProcess;
import dev.claudebench.support.Rpc;
import dev.claudebench.support.ServiceProcess;

/** A large fleet: all of it can be reached, and little of it is in the document. How fast that is, the benchmark measures. */
class LargePageIT extends BrowserTest {
    private static final int MANY = 10_000;
    private static final int MAX_ROWS = 60;

    @Test
    void thousandInstancesAndTenThousandTasksAreShown() {
        try (RedisProcess redis = new RedisProcess().start()) {
            FleetFiller.fill(redis.uri(), "cb:", new FleetFiller.Fleet(1_000, MANY - 1, 0, 0, 0));
            try (ServiceProcess service = ServiceProcess.start("-Dquarkus.redis.hosts=" + redis.uri(),
                    "-Dclaudebench.instance.ttl=10m")) {
                String id = Rpc.of(service)
                        .call("task.create")
                        .with("text", "the last one of all")
                        .with("priority", 0)
                        .result()
                        .get("id")
                        .textValue();
                open(service, "fleet");
                assertThat(page.getByText("1,000 shown")).isVisible();
                assertThat(rows().count()).isBetween(10, MAX_ROWS);

                link("Tasks").click();
                assertThat(page.getByText("10,000 of 10,000 tasks"))
                        .isVisible(new LocatorAssertions.IsVisibleOptions()
                                .setTimeout(30_000));
                assertThat(column("pending").getByRole(AriaRole.LISTITEM).count()).isBetween(5, MAX_ROWS);
                column("pending").focus();
                page.keyboard().press("End");
                assertThat(column("pending")).containsText("the last one of all");

                choice("Show as").selectOption("table");
                assertThat(rows().count()).isBetween(10, MAX_ROWS);
                field("Search").fill(id.substring(0, 13));
                assertThat(page.getByText("1 of 10,000 tasks")).isVisible();
                assertThat(link("the last one of all")).isVisible();
            }
        }
    }

    private Locator rows() {
        return page.getByRole(AriaRole.ROW);
    }
}
