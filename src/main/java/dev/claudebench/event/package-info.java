/** The events of the fleet, for those who follow it over HTTP. */
@NullMarked
package dev.claudebench.event;

import org.jspecify.annotations.NullMarked;
