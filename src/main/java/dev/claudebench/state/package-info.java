@NullMarked
package dev.claudebench.state;

import org.jspecify.annotations.NullMarked;
