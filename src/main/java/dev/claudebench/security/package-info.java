/** Who may do what: credentials, and what is open without them. */
@NullMarked
package dev.claudebench.security;

import org.jspecify.annotations.NullMarked;
