package dev.claudebench.rpc;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.Payload;

import org.jspecify.annotations.Nullable;

import io.quarkus.runtime.annotations.RegisterForReflection;

/**
 * A list of role names, each of which counts once. One constraint rather than one on the list and one on its elements, so
 * that a list which is far too long is not looked at to its end. Null passes.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.FIELD)
@Constraint(validatedBy = RoleList.Check.class)
public @interface RoleList {
    /** What the name of a role looks like. */
    String NAME = "[A-Za-z][A-Za-z0-9_.:-]{0,63}";

    /** The most different names. */
    int max();

    String message() default "must hold at most {max} different roles";

    Class<?>[] groups() default {};

    Class<? extends Payload>[] payload() default {};

    /** The check itself. */
    @RegisterForReflection
    final class Check implements ConstraintValidator<RoleList, List<@Nullable String>> {
        private static final Pattern ROLE = Pattern.compile(NAME);
        private static final String BAD_NAME = "must be a letter followed by at most 63 letters, digits or _ . : -";
        private int max;

        @Override
        public void initialize(RoleList constraint) {
            max = constraint.max();
        }

        @Override
        public boolean isValid(@Nullable List<@Nullable String> roles, ConstraintValidatorContext context) {
            if (roles == null) {
                return true;
            }
            Set<@Nullable String> different = new HashSet<>();
            boolean valid = true;
            for (int index = 0; index < roles.size(); index++) {
                String role = roles.get(index);
                if (!different.add(role)) {
                    continue;
                }
                if (different.size() > max) {
                    return false;
                }
                if (role == null || !ROLE.matcher(role).matches()) {
                    valid = false;
                    reportElement(context, index);
                }
            }
            if (!valid) {
                context.disableDefaultConstraintViolation();
            }
            return valid;
        }

        private static void reportElement(ConstraintValidatorContext context, int index) {
            context.buildConstraintViolationWithTemplate(BAD_NAME)
                    .addContainerElementNode(null, List.class, 0)
                    .inIterable()
                    .atIndex(index)
                    .addConstraintViolation();
        }
    }
}
