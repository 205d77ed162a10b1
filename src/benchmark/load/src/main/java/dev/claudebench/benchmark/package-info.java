/** Measures the packaged service: starts it and a Redis, loads them and writes down what came of it. */
@NullMarked
package dev.claudebench.benchmark;

import org.jspecify.annotations.NullMarked;
