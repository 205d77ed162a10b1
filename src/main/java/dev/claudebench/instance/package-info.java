@NullMarked
package dev.claudebench.instance;

import org.jspecify.annotations.NullMarked;
