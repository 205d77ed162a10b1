package dev.claudebench.method;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What people write: like {@link PlainText}, but up to 500 characters, and with tabs and lines. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.FIELD)
public @interface Prose {
    /** The most characters. */
    int MAX = 500;

    /** Like {@link PlainText#CHARACTERS}. */
    String CHARACTERS = "^[^\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f]*$";
}
