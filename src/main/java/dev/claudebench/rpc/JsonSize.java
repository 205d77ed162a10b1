package dev.claudebench.rpc;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.Payload;

import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;

/** Bounds a JSON value by the bytes of its compact text in UTF-8, as which it is stored. Null passes. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.FIELD, ElementType.METHOD, ElementType.PARAMETER, ElementType.TYPE_USE})
@Constraint(validatedBy = JsonSize.Check.class)
public @interface JsonSize {
    /** In bytes. */
    int max();

    String message() default "must be at most {max} bytes of JSON, in well-formed Unicode";

    Class<?>[] groups() default {};

    Class<? extends Payload>[] payload() default {};

    /** The check itself. */
    final class Check implements ConstraintValidator<JsonSize, JsonNode> {
        private int max;

        @Override
        public void initialize(JsonSize constraint) {
            max = constraint.max();
        }

        @Override
        public boolean isValid(@Nullable JsonNode value, ConstraintValidatorContext context) {
            if (value == null) {
                return true;
            }
            try {
                return Json.MAPPER.writeValueAsBytes(value).length <= max;
            } catch (JsonProcessingException e) {
                // half of a surrogate pair cannot be written in UTF-8
                return false;
            }
        }
    }
}
