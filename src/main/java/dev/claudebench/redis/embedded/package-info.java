/** The real Redis server that runs inside of the service when no other is configured. */
@NullMarked
package dev.claudebench.redis.embedded;

import org.jspecify.annotations.NullMarked;
