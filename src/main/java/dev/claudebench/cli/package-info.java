/** The command line. */
@NullMarked
package dev.claudebench.cli;

import org.jspecify.annotations.NullMarked;
