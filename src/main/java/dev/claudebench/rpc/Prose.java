package dev.claudebench.rpc;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import jakarta.validation.Constraint;
import jakarta.validation.Payload;
import jakarta.validation.ReportAsSingleViolation;
import jakarta.validation.constraints.Pattern;

/** What people write: like {@link PlainText}, but up to 500 characters, and with tabs and lines. Null passes. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.FIELD, ElementType.METHOD, ElementType.PARAMETER, ElementType.TYPE_USE})
@Constraint(validatedBy = {})
@ReportAsSingleViolation
@Pattern(regexp = "(?:[^\\p{Cc}\\p{Cs}]|[\\t\\n\\r]){1," + Prose.MAX + "}")
public @interface Prose {
    /** The most characters. */
    int MAX = 500;

    /** Like {@link PlainText#CHARACTERS}. */
    String CHARACTERS = "^[^\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f]*$";

    String message() default "must be 1 to " + MAX + " characters, no control characters but tab and line break";

    Class<?>[] groups() default {};

    Class<? extends Payload>[] payload() default {};
}
