/** A Eureka server as its documentation starts one. */
@NullMarked
package dev.claudebench.eureka;

import org.jspecify.annotations.NullMarked;
