package dev.claudebench.method;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** 1 to {@link #max} characters of well-formed Unicode, none of them a control character. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.FIELD)
public @interface PlainText {
    /** The maximum length of an id, session or key. */
    int ID = 256;

    int max() default ID;

    /** Whether tabs and line breaks are allowed, as people write them. */
    boolean lines() default false;
}
