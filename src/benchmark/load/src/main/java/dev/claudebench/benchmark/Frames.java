package dev.claudebench.benchmark;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;

import dev.claudebench.support.Chromium;
import dev.claudebench.support.FleetFiller.Fleet;

/** How long the dashboard takes for a frame while a user scrolls and searches in a large fleet, by the marks of the browser. */
final class Frames {
    private static final int INSTANCES = 1_000;
    private static final int TASKS = 10_000;
    private static final int SCROLLS = 200;
    private static final double LOAD_TIMEOUT_MS = 60_000;
    private static final String SEARCH = "Review 1234";
    /** Scrolls a list by half a page in each frame, and measures from frame to frame. */
    private static final String SCROLL = """
                                         ([selector, count]) => new Promise(resolve => {
                                           const list = document.querySelector(selector);
                                           const step = () => {
                                             performance.mark('frame');
                                             list.scrollTop += list.clientHeight / 2;
                                             if (count-- > 0) {
                                               requestAnimationFrame(step);
                                             } else {
                                               const marks = performance.getEntriesByName('frame').map(mark => mark.startTime);
                                               performance.clearMarks('frame');
                                               resolve(marks.slice(1).map((mark, i) => mark - marks[i]));
                                             }
                                           };
                                           requestAnimationFrame(step);
                                         })""";
    /** Types a text, and measures from each key to the frame after the one that shows what it has found. */
    private static final String TYPE = """
                                       async ([text]) => {
                                         const field = document.querySelector('input[type=search]');
                                         const frame = () => new Promise(requestAnimationFrame);
                                         const times = [];
                                         for (let i = 1; i <= text.length; i++) {
                                           await frame();
                                           performance.mark('key');
                                           field.value = text.slice(0, i);
                                           field.dispatchEvent(new Event('input', {bubbles: true}));
                                           await frame();
                                           await frame();
                                           times.push(performance.measure('search', 'key').duration);
                                         }
                                         return times;
                                       }""";

    private final Settings settings;

    Frames(Settings settings) {
        this.settings = settings;
    }

    /**
     * The times of one kind of frames, in milliseconds.
     *
     * @param action what the user does
     */
    record Result(String action, int frames, double median, double most) {
        static Result of(String action, List<Double> times) {
            List<Double> sorted = times.stream().sorted().toList();
            return new Result(action, sorted.size(), sorted.get(sorted.size() / 2), sorted.get(sorted.size() - 1));
        }
    }

    List<Result> measure() {
        try (Stand stand = Stand.service("this", settings.service(), settings, Stand.Limits.NONE,
                new Fleet(INSTANCES, TASKS, 0, 0, 0), "-Dclaudebench.instance.ttl=10m");
                Chromium chromium = new Chromium()) {
            Page page = chromium.browser().newPage();
            List<Result> results = new ArrayList<>();
            open(page, stand.base(), "tasks", "10,000 of 10,000 tasks");
            results.add(scroll(page, "scroll a column of the board", ".column:nth-child(3) .list"));
            results.add(Result.of("search on the board", type(page)));
            open(page, stand.base(), "tasks?as=table", "10,000 of 10,000 tasks");
            results.add(scroll(page, "scroll the table of tasks", ".tasks .list"));
            results.add(Result.of("search in the table of tasks", type(page)));
            open(page, stand.base(), "fleet", "1,000 shown");
            results.add(scroll(page, "scroll the instances", ".fleet .list"));
            results.add(Result.of("search the instances", type(page)));
            return results;
        }
    }

    private static void open(Page page, URI service, String view, String text) {
        page.navigate("about:blank");
        page.navigate(service.resolve("/#/" + view).toString());
        page.getByText(text).waitFor(new Locator.WaitForOptions().setTimeout(LOAD_TIMEOUT_MS));
    }

    private static Result scroll(Page page, String action, String list) {
        return Result.of(action, numbers(page.evaluate(SCROLL, List.of(list, SCROLLS))));
    }

    private static List<Double> type(Page page) {
        return numbers(page.evaluate(TYPE, List.of(SEARCH)));
    }

    private static List<Double> numbers(Object list) {
        List<Double> numbers = new ArrayList<>();
        for (Object number : (List<?>) list) {
            numbers.add(((Number) number).doubleValue());
        }
        return numbers;
    }
}
