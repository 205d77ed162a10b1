package dev.claudebench.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a page or a comment refers to in the repository is there. */
class LinksTest {
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)|(?:src|srcset|href)=\"([^\"]+)\"");
    private static final Pattern HEADING = Pattern.compile("^#+ (.+)$", Pattern.MULTILINE);
    private static final Pattern PAGE = Pattern.compile("(?:docs|deploy|src)/[\\w./-]*\\.md");
    private static final Pattern TEST = Pattern.compile("-D(?:it\\.)?test=(\\w+)");

    static List<Path> pages() {
        return Pages.all();
    }

    @ParameterizedTest
    @MethodSource("pages")
    void linksOfAPageLeadSomewhere(Path page) {
        String text = Pages.withoutBlocks(page).replaceAll("`[^`\n]*`", "");
        LINK.matcher(text)
                .results()
                .map(link -> link.group(1) == null ? link.group(2) : link.group(1))
                .filter(link -> !link.matches("[a-z]+:.*"))
                .forEach(link -> assertLeadsSomewhere(page, link));
    }

    private static void assertLeadsSomewhere(Path page, String link) {
        String[] parts = link.split("#", 2);
        Path target = parts[0].isEmpty() ? page : page.resolveSibling(parts[0]).normalize();
        assertThat(Files.exists(target)).as("%s, to which %s links", target, page).isTrue();
        if (parts.length > 1) {
            assertThat(anchors(target)).as("anchors of %s, to one of which %s links", target, page).contains(parts[1]);
        }
    }

    /** Returns the anchors that GitHub makes of the headings. */
    private static Set<String> anchors(Path page) {
        Set<String> anchors = new HashSet<>();
        Map<String, Integer> repeated = new HashMap<>();
        HEADING.matcher(Pages.withoutBlocks(page)).results().forEach(heading -> {
            String anchor = heading.group(1)
                    .toLowerCase(Locale.ROOT)
                    .replaceAll("[^\\p{L}\\p{N}_ -]", "")
                    .replace(' ', '-');
            int count = repeated.merge(anchor, 1, Integer::sum);
            anchors.add(count == 1 ? anchor : anchor + "-" + (count - 1));
        });
        return anchors;
    }

    @Test
    void pagesThatOtherFilesNameExist() {
        Set<String> named = new TreeSet<>();
        Stream.of(".java", ".lua", ".sh", ".yaml", ".yml", ".env", ".service", ".properties", ".xml", "run")
                .flatMap(end -> Pages.files(end).stream())
                .forEach(file -> PAGE.matcher(Pages.text(file)).results().forEach(page -> named.add(page.group())));
        assertThat(named).isNotEmpty().allSatisfy(page -> assertThat(Path.of(page)).exists());
    }

    @Test
    void testsThatPagesNameExist() {
        Set<String> named = new TreeSet<>();
        Pages.all().forEach(page -> TEST.matcher(Pages.text(page)).results().forEach(test -> named.add(test.group(1))));
        assertThat(named).isNotEmpty().allSatisfy(test -> assertThat(Pages.files("/" + test + ".java")).hasSize(1));
    }

    @Test
    void readmeIsShort() {
        assertThat(Pages.text(Path.of("README.md")).lines().count()).isLessThanOrEqualTo(200);
    }
}
