/** What properties may hold. Knows no feature; each keeps its own properties. */
@NullMarked
package dev.claudebench.config;

import org.jspecify.annotations.NullMarked;
