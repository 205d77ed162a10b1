package dev.claudebench.method;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Text written by people: like {@link PlainText}, but up to 500 characters, tabs and line breaks included. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.FIELD)
public @interface Prose {
    int MAX = 500;

    /** The pattern for JSON Schema, see {@link PlainText#CHARACTERS}. */
    String CHARACTERS = "^[^\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f]*$";
}
