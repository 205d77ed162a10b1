@NullMarked
package dev.claudebench.task;

import org.jspecify.annotations.NullMarked;
