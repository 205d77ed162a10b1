/** What the stack costs without the service. */
@NullMarked
package dev.claudebench.floor;

import org.jspecify.annotations.NullMarked;
