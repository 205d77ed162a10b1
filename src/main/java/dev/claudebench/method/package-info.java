/**
 * The types that every feature uses: JSON-RPC methods, callers, failures, constraints on params. Depends on no other package
 * of the service.
 */
@NullMarked
package dev.claudebench.method;

import org.jspecify.annotations.NullMarked;
