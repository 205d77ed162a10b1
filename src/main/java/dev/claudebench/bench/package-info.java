/** Which fleet a request is for. */
@NullMarked
package dev.claudebench.bench;

import org.jspecify.annotations.NullMarked;
