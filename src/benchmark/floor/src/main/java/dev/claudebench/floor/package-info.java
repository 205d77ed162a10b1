/** The cost of the stack without the service. */
@NullMarked
package dev.claudebench.floor;

import org.jspecify.annotations.NullMarked;
