package dev.claudebench.method;

import java.lang.annotation.Annotation;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;

/**
 * Checks the params of a call. A component must not be null unless it is {@code @Nullable}, and must satisfy its
 * {@link PlainText}, {@link IntRange}, {@link RoleList} and {@link JsonSize}. Not Bean Validation, whose engine
 * took a quarter of the start-up time.
 */
public final class Constraints {
    private static final Pattern ROLE = Pattern.compile(RoleList.NAME);

    private static final ClassValue<List<Member>> MEMBERS = new ClassValue<>() {
        @Override
        protected List<Member> computeValue(Class<?> type) {
            return Arrays.stream(type.getDeclaredFields())
                    .filter(field -> !Modifier.isStatic(field.getModifiers()))
                    .map(Member::of)
                    .toList();
        }
    };

    private Constraints() {}

    /** Returns the constraints that the params violate, in no particular order. */
    public static List<Failure.Violation> violations(Record params) {
        List<Failure.Violation> violations = new ArrayList<>();
        MEMBERS.get(params.getClass()).forEach(member -> member.check(params, violations));
        return violations;
    }

    /** Checks a value that is not null, and adds what it violates. */
    private interface Check {
        void run(String name, Object value, List<Failure.Violation> violations);
    }

    private record Member(Field field, boolean required, List<Check> checks) {
        static Member of(Field field) {
            if (field.getType().isPrimitive()) {
                throw new IllegalStateException(
                        field + " must not be primitive: null means that the caller left it out");
            }
            field.setAccessible(true);
            return new Member(field, !field.getAnnotatedType().isAnnotationPresent(Nullable.class),
                    Arrays.stream(field.getAnnotations())
                            .map(annotation -> Constraints.check(annotation, field))
                            .filter(Objects::nonNull)
                            .toList());
        }

        void check(Record params, List<Failure.Violation> violations) {
            Object value;
            try {
                value = field.get(params);
            } catch (IllegalAccessException e) {
                throw new IllegalStateException(e);
            }
            if (value != null) {
                checks.forEach(check -> check.run(field.getName(), value, violations));
            } else if (required) {
                violations.add(new Failure.Violation(field.getName(), "is required"));
            }
        }
    }

    /** Returns null for an annotation that is not a constraint. */
    private static @Nullable Check check(Annotation annotation, Field field) {
        if (annotation instanceof PlainText text) {
            Pattern allowed = Pattern.compile(
                    "[" + (text.lines() ? "\\t\\n\\r" : "") + "[^\\p{Cc}\\p{Cs}]]{1," + text.max() + "}");
            return check(field, String.class, value -> allowed.matcher(value).matches(),
                    "must be 1 to " + text.max() + " characters, " + (text.lines()
                            ? "no control characters but tab and line break"
                            : "none of them a control character"));
        }
        if (annotation instanceof IntRange range) {
            return check(field, Number.class,
                    number -> number.longValue() >= range.min() && number.longValue() <= range.max(),
                    "must be " + range.min() + (range.max() == Integer.MAX_VALUE ? " or more" : " to " + range.max()));
        }
        if (annotation instanceof JsonSize size) {
            return check(field, JsonNode.class, json -> canBeStored(json, size.max()), "must be at most " + size.max()
                    + " bytes of JSON, in well-formed Unicode, with numbers of reasonable size");
        }
        if (annotation instanceof RoleList roles) {
            requireType(field, List.class);
            return (name, value, violations) -> checkRoles(name, (List<?>) value, roles.max(), violations);
        }
        return null;
    }

    private static <T> Check check(Field field, Class<T> type, Predicate<T> isValid, String message) {
        requireType(field, type);
        return (name, value, violations) -> {
            if (!isValid.test(type.cast(value))) {
                violations.add(new Failure.Violation(name, message));
            }
        };
    }

    private static void requireType(Field field, Class<?> type) {
        if (!type.isAssignableFrom(field.getType())) {
            throw new IllegalStateException(field + " has a constraint for a " + type.getSimpleName());
        }
    }

    /** Stops at the first role beyond the maximum, which bounds the work for a list that is far too long. */
    private static void checkRoles(String name, List<?> roles, int max, List<Failure.Violation> violations) {
        Set<@Nullable Object> distinct = new HashSet<>();
        for (int index = 0; index < roles.size(); index++) {
            Object role = roles.get(index);
            if (!distinct.add(role)) {
                continue;
            }
            if (distinct.size() > max) {
                violations.add(new Failure.Violation(name, "must hold at most " + max + " different roles"));
                return;
            }
            if (role == null || !ROLE.matcher((String) role).matches()) {
                violations.add(new Failure.Violation(name + "[" + index + "]",
                        "must be a letter followed by at most 63 letters, digits or _ . : -"));
            }
        }
    }

    private static boolean canBeStored(JsonNode value, int maxBytes) {
        String text = Json.text(value);
        try {
            // The encoder rejects an unpaired surrogate, which String.getBytes would replace with a question mark.
            int size = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text)).remaining();
            // Jackson may write a number with more digits than it accepts when it reads.
            return size <= maxBytes && Json.MAPPER.readTree(text) != null;
        } catch (CharacterCodingException | JsonProcessingException | NumberFormatException e) {
            return false;
        }
    }
}
