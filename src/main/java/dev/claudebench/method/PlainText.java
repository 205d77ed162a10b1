package dev.claudebench.method;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** An id, session or key: 1 to 256 characters of well-formed Unicode without control characters. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.FIELD)
public @interface PlainText {
    int MAX = 256;

    /**
     * The pattern for JSON Schema. ECMAScript matches Unicode categories only with a flag that JSON Schema does not set, so
     * the control characters are listed. Unpaired surrogates are missing: engines differ in how they match them.
     */
    String CHARACTERS = "^[^\\u0000-\\u001f\\u007f-\\u009f]*$";
}
