/** The Redis server that the service starts if no other is configured. */
@NullMarked
package dev.claudebench.redis.embedded;

import org.jspecify.annotations.NullMarked;
