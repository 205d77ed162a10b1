package dev.claudebench.deploy;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A PromQL expression. Supports the part of the grammar that the files in deploy use. */
record Expression(String text) {
    private static final Pattern GROUPING = Pattern
            .compile("\\b(?:by|without|on|ignoring|group_left|group_right)\\s*\\(([^)]*)\\)");
    /** A name that is not a function, and its label matchers. */
    private static final Pattern SELECTOR = Pattern
            .compile("(?<![\\w:])([a-zA-Z_:][\\w:]*+)(?!\\s*\\()(?:\\{([^}]*)})?+");
    private static final Pattern ALTERNATIVES = Pattern.compile("=~\"([^\"]*)\"");
    private static final Set<String> KEYWORDS = Set.of("and", "or", "unless", "bool", "offset");

    /** Returns the selectors, one for each alternative of a label. */
    Set<String> selectors() {
        return SELECTOR.matcher(GROUPING.matcher(text).replaceAll(" "))
                .results()
                .filter(found -> !KEYWORDS.contains(found.group(1)))
                .flatMap(found -> alternatives(found.group(1), found.group(2) == null ? "" : found.group(2)))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Stream<String> alternatives(String name, String labels) {
        Matcher several = ALTERNATIVES.matcher(labels);
        if (!several.find()) {
            return Stream.of(name + "{" + labels + "}");
        }
        return Stream.of(several.group(1).split("\\|"))
                .flatMap(one -> alternatives(name, several.replaceFirst(Matcher.quoteReplacement("=\"" + one + "\""))));
    }

    /** Returns the labels of groupings and vector matchings. */
    Set<String> groupingLabels() {
        return GROUPING.matcher(text)
                .results()
                .map((MatchResult found) -> List.of(found.group(1).trim().split("\\s*,\\s*")))
                .flatMap(List::stream)
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
