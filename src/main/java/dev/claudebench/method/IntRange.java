package dev.claudebench.method;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Bounds an integer, both ends included. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.FIELD)
public @interface IntRange {
    /** The least. */
    int min();

    /** The most; by default as much as an {@code int} holds. */
    int max() default Integer.MAX_VALUE;
}
