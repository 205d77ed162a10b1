@NullMarked
package dev.claudebench.guard;

import org.jspecify.annotations.NullMarked;
