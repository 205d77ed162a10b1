@NullMarked
package dev.claudebench.mcp;

import org.jspecify.annotations.NullMarked;
