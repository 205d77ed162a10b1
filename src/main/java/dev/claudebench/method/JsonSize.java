package dev.claudebench.method;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Bounds a JSON value by the bytes of its compact text in UTF-8, as which it is stored, and which can be read again. JSON
 * Schema has no keyword for that.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.FIELD)
public @interface JsonSize {
    /** What metadata may measure. */
    int METADATA = 16 * 1024;

    /** In bytes. */
    int max();
}
