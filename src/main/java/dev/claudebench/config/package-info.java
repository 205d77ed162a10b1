/** Bounds of configuration properties. The properties themselves are declared by each feature. */
@NullMarked
package dev.claudebench.config;

import org.jspecify.annotations.NullMarked;
