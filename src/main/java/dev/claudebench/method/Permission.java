package dev.claudebench.method;

import java.util.List;

/** The permissions of callers, for {@code @RolesAllowed} on method beans. Each includes those before it. */
public final class Permission {
    /** Reads. */
    public static final String VIEWER = "viewer";
    /** Registers an instance, beats for it, and claims and completes tasks as this instance. */
    public static final String AGENT = "agent";
    /** Creates, cancels and retries tasks. */
    public static final String LEAD = "lead";
    /** Does everything, for the instances of others, too. */
    public static final String ADMIN = "admin";

    /** All permissions, the least first. */
    public static final List<String> ALL = List.of(VIEWER, AGENT, LEAD, ADMIN);

    private Permission() {}

    /** Returns a permission, which must exist, and those that it includes. */
    public static List<String> upTo(String permission) {
        return ALL.subList(0, ALL.indexOf(permission) + 1);
    }
}
