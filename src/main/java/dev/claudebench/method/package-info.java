/**
 * The vocabulary that every feature speaks: what a JSON-RPC method is, who calls it, how it fails, and what its params may be.
 * Depends on no other package of ours.
 */
@NullMarked
package dev.claudebench.method;

import org.jspecify.annotations.NullMarked;
