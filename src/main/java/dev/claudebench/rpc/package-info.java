@NullMarked
package dev.claudebench.rpc;

import org.jspecify.annotations.NullMarked;
