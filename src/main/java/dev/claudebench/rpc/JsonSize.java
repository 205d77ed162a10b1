package dev.claudebench.rpc;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.Payload;

import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;

import io.quarkus.runtime.annotations.RegisterForReflection;

/**
 * Bounds a JSON value by the bytes of its compact text in UTF-8, as which it is stored, and which can be read again. Null
 * passes. JSON Schema has no keyword for that.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.FIELD, ElementType.METHOD, ElementType.PARAMETER, ElementType.TYPE_USE})
@Constraint(validatedBy = JsonSize.Check.class)
public @interface JsonSize {
    /** What metadata may measure. */
    int METADATA = 16 * 1024;

    /** In bytes. */
    int max();

    String message() default "must be at most {max} bytes of JSON, in well-formed Unicode, without numbers of absurd size";

    Class<?>[] groups() default {};

    Class<? extends Payload>[] payload() default {};

    /** The check itself. */
    @RegisterForReflection
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
            String text = Json.text(value);
            try {
                // half of a surrogate pair fails here; it would be stored as a question mark
                int size = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text)).remaining();
                if (size > max) {
                    return false;
                }
                // a number at the limits of the reader may be written a little longer, and so be stored for nobody to read
                Json.MAPPER.readTree(text);
                return true;
            } catch (CharacterCodingException | JsonProcessingException | NumberFormatException e) {
                return false;
            }
        }
    }
}
