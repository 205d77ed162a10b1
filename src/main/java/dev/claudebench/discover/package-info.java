@NullMarked
package dev.claudebench.discover;

import org.jspecify.annotations.NullMarked;
