@NullMarked
package dev.claudebench.redis;

import org.jspecify.annotations.NullMarked;
