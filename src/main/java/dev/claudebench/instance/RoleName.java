package dev.claudebench.instance;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import jakarta.validation.Constraint;
import jakarta.validation.Payload;
import jakarta.validation.ReportAsSingleViolation;
import jakarta.validation.constraints.Pattern;

/** The name of a role, such as {@code worker}. Null passes. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.FIELD, ElementType.METHOD, ElementType.PARAMETER, ElementType.TYPE_USE})
@Constraint(validatedBy = {})
@ReportAsSingleViolation
@Pattern(regexp = "[A-Za-z][A-Za-z0-9_.:-]{0,63}")
public @interface RoleName {
    String message() default "must be a letter followed by at most 63 letters, digits or _ . : -";

    Class<?>[] groups() default {};

    Class<? extends Payload>[] payload() default {};
}
