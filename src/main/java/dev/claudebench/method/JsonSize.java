package dev.claudebench.method;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A JSON value whose stored form, compact text in UTF-8, has at most {@link #max} bytes and can be parsed again. JSON Schema
 * has no keyword for this.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.FIELD)
public @interface JsonSize {
    /** The limit for metadata, in bytes. */
    int METADATA = 16 * 1024;

    int max();
}
