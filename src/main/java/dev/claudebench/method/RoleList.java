package dev.claudebench.method;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** A list of role names, each of which counts once. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.FIELD)
public @interface RoleList {
    /** What the name of a role looks like. */
    String NAME = "[A-Za-z][A-Za-z0-9_.:-]{0,63}";

    /** The most different names. */
    int max();
}
