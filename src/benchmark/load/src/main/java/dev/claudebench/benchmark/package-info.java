/** Measures the packaged service: starts it and a Redis, drives them and writes the results. */
@NullMarked
package dev.claudebench.benchmark;

import org.jspecify.annotations.NullMarked;
