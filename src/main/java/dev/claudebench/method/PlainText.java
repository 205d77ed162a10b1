package dev.claudebench.method;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** 1 to 256 characters of well-formed Unicode, none of them a control character: an id, a session, a key. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.FIELD)
public @interface PlainText {
    /** The most characters. */
    int MAX = 256;

    /**
     * What it consists of, for JSON Schema. Its regular expressions are those of ECMAScript, which know the classes of
     * Unicode only when told to, so the characters are written out; half a surrogate pair cannot be, for all engines.
     */
    String CHARACTERS = "^[^\\u0000-\\u001f\\u007f-\\u009f]*$";
}
