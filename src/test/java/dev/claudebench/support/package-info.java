/** Helpers that tests share, such as a client of the service and processes of Redis and of the service. */
package dev.claudebench.support;
