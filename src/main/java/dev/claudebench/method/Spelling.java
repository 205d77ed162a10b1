package dev.claudebench.method;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Finds the known name that a caller probably meant. Case and separators make no difference. */
public final class Spelling {
    /** Bounds the work for a name, and what is shown of it. The known ones are shorter. */
    private static final int MAX_LENGTH = 64;
    private static final int MIN_PREFIX = 4;
    /** Bounds the work: who gives more has not misspelt one. */
    private static final int MAX_UNKNOWN = 50;

    private Spelling() {}

    /** Returns a name that a caller gave as a message shows it: with a bounded length, and without control characters. */
    public static String shown(String name) {
        String shortened = name.codePointCount(0, name.length()) <= MAX_LENGTH
                ? name
                : name.substring(0, name.offsetByCodePoints(0, MAX_LENGTH)) + "…";
        return shortened.replaceAll("\\p{C}", "?");
    }

    /** Returns what a message says of an unknown name: itself, and the nearest of the known ones. */
    public static String unknown(String name, Collection<String> known) {
        return "'" + shown(name) + "', the nearest is " + nearest(name, known);
    }

    /** Returns the known name with which a name has most letters in common, in their order. At least one must be known. */
    public static String nearest(String name, Collection<String> known) {
        return nearest(name, known.stream()).orElseThrow();
    }

    /**
     * Returns the known name of which a name is a misspelling: the same letters; one letter more, less, changed or in another place;
     * or the beginning, of at least four letters.
     */
    public static Optional<String> misspelt(String name, Collection<String> known) {
        return name.length() > MAX_LENGTH
                ? Optional.empty()
                : nearest(name, known.stream().filter(other -> isMisspelt(letters(name), letters(other))));
    }

    /** Returns a violation for each name that is a misspelling of a known one. */
    public static List<Failure.Violation> violations(Stream<String> names, Set<String> known) {
        List<Failure.Violation> violations = new ArrayList<>();
        names.filter(name -> !known.contains(name))
                .limit(MAX_UNKNOWN)
                .forEach(name -> misspelt(name, known).ifPresent(meant -> violations
                        .add(new Failure.Violation(name, "unknown; did you mean " + meant + "?"))));
        return violations;
    }

    private static Optional<String> nearest(String name, Stream<String> known) {
        String letters = letters(name.substring(0, Math.min(name.length(), MAX_LENGTH)));
        return known.max(Comparator.<String>comparingDouble(other -> likeness(letters, letters(other)))
                .thenComparing(Comparator.reverseOrder()));
    }

    private static boolean isMisspelt(String name, String known) {
        int changes = name.length() + known.length() - 2 * common(name, known);
        return changes <= 1 || (changes == 2 && name.length() == known.length())
                || (name.length() >= MIN_PREFIX && known.startsWith(name));
    }

    private static double likeness(String name, String known) {
        return 2.0 * common(name, known) / (name.length() + known.length());
    }

    /** Returns the length of the longest common subsequence. */
    private static int common(String one, String other) {
        int[] lengths = new int[other.length() + 1];
        for (int i = 0; i < one.length(); i++) {
            int diagonal = 0;
            for (int j = 1; j < lengths.length; j++) {
                int above = lengths[j];
                lengths[j] = one.charAt(i) == other.charAt(j - 1) ? diagonal + 1 : Math.max(above, lengths[j - 1]);
                diagonal = above;
            }
        }
        return lengths[other.length()];
    }

    private static String letters(String name) {
        return name.replaceAll("[-_. ]", "").toLowerCase(Locale.ROOT);
    }
}
