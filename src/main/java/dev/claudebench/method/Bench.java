package dev.claudebench.method;

import java.util.Optional;
import java.util.regex.Pattern;

/** A fleet of its own: its instances, tasks, leader, state, events and limits are apart from those of all other benches. */
public record Bench(String name) {
    public static final String NAME = "[a-z0-9][a-z0-9-]{0,62}";
    private static final Pattern PATTERN = Pattern.compile(NAME);

    /** The bench of the paths that name none. */
    public static final Bench DEFAULT = new Bench("default");

    /** @throws IllegalArgumentException for a name that is not allowed */
    public Bench {
        if (!PATTERN.matcher(name).matches()) {
            throw new IllegalArgumentException("bench must match " + NAME);
        }
    }

    /** Returns the bench of this name, empty for a name that is not allowed. */
    public static Optional<Bench> named(String name) {
        return PATTERN.matcher(name).matches() ? Optional.of(new Bench(name)) : Optional.empty();
    }

    public boolean isDefault() {
        return equals(DEFAULT);
    }
}
