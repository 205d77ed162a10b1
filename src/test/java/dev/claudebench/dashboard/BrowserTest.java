package dev.claudebench.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;

import dev.claudebench.support.Chromium;
import dev.claudebench.support.ServiceProcess;

/**
 * Opens the dashboard in an installed Chromium. A test fails if the page violates its Content-Security-Policy, throws an error, or
 * calls another host. Without {@code chromium} the tests are skipped, and fail with {@code CI} set.
 */
abstract class BrowserTest {
    private static Chromium chromium;

    private final List<String> faults = new ArrayList<>();
    private BrowserContext context;
    Page page;

    @BeforeAll
    static void launch() {
        Assumptions.assumeTrue(Chromium.isInstalled() || System.getenv("CI") != null, "chromium is not installed");
        chromium = new Chromium();
    }

    @AfterAll
    static void quit() {
        if (chromium != null) {
            chromium.close();
        }
    }

    @BeforeEach
    void openContext() {
        openContext(new Browser.NewContextOptions());
    }

    /** Continues in another browser context, such as one with another size of the window. */
    final void openContext(Browser.NewContextOptions options) {
        if (context != null) {
            context.close();
        }
        context = chromium.browser().newContext(options.setLocale("en-GB"));
        page = context.newPage();
        page.onPageError(faults::add);
        page.onConsoleMessage(message -> {
            // A call that fails is an error in the console, too.
            if (message.type().equals("error") && !message.text().startsWith("Failed to load resource")) {
                faults.add(message.text());
            }
        });
    }

    @AfterEach
    void closeContext() {
        context.close();
        assertThat(faults).isEmpty();
    }

    /** Returns the errors of the page so far, which then do not fail the test. */
    final List<String> takeFaults() {
        List<String> taken = List.copyOf(faults);
        faults.clear();
        return taken;
    }

    /** Opens a view, such as {@code tasks}, and waits until the page is live. */
    final void open(ServiceProcess service, String view) {
        URI base = service.base();
        page.onRequest(request -> {
            if (!URI.create(request.url()).getAuthority().equals(base.getAuthority())) {
                faults.add("request to another host: " + request.url());
            }
        });
        page.navigate(base.resolve("/#/" + view).toString());
        page.getByText("● live").waitFor();
    }

    final Locator link(String name) {
        return page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName(name).setExact(true));
    }

    final Locator button(String name) {
        return page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
    }

    final Locator field(String label) {
        return page.getByLabel(label, new Page.GetByLabelOptions().setExact(true));
    }

    /** Returns a field in which one of a list is chosen. */
    final Locator choice(String label) {
        return page.getByRole(AriaRole.COMBOBOX, new Page.GetByRoleOptions().setName(label).setExact(true));
    }

    /** Returns the column of the board for a status, such as {@code in progress}. */
    final Locator column(String status) {
        return page.getByRole(AriaRole.REGION, new Page.GetByRoleOptions().setName("Tasks " + status).setExact(true));
    }

    /** Returns the row of a table that has a link of this name. */
    final Locator row(String name) {
        return page.getByRole(AriaRole.ROW).filter(new Locator.FilterOptions().setHas(link(name)));
    }
}
