package dev.claudebench.method;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** A list of role names. Repeated names count once. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.FIELD)
public @interface RoleList {
    /** The regular expression of a role name. */
    String NAME = "[A-Za-z][A-Za-z0-9_.:-]{0,63}";

    int max();
}
