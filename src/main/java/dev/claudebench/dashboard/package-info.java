/** Serves the dashboard, whose files are in {@code META-INF/resources}. */
@NullMarked
package dev.claudebench.dashboard;

import org.jspecify.annotations.NullMarked;
