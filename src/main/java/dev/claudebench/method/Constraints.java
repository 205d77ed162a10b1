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
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;

/**
 * What the members of a record of params must be: there, unless they are {@code @Nullable}, and within the bounds that
 * {@link PlainText}, {@link Prose}, {@link IntRange}, {@link RoleList} and {@link JsonSize} set. Bean Validation has all of
 * that and more, but its engine took a quarter of the time of a start.
 */
public final class Constraints {
    private static final Pattern PLAIN_TEXT = Pattern.compile("[^\\p{Cc}\\p{Cs}]{1," + PlainText.MAX + "}");
    private static final Pattern PROSE = Pattern.compile("(?:[^\\p{Cc}\\p{Cs}]|[\\t\\n\\r]){1," + Prose.MAX + "}");
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

    /** What is wrong with a record, in no certain order; empty if nothing is. */
    public static List<Failure.Violation> violations(Record params) {
        List<Failure.Violation> found = new ArrayList<>();
        for (Member member : MEMBERS.get(params.getClass())) {
            Object value = member.of(params);
            if (value != null) {
                member.checks().forEach(check -> check.find(member.name(), value, found));
            } else if (member.required()) {
                found.add(new Failure.Violation(member.name(), "must not be null"));
            }
        }
        return found;
    }

    /** Tells what is wrong with a value that is there. */
    private interface Check {
        void find(String field, Object value, List<Failure.Violation> found);
    }

    private record Member(Field field, boolean required, List<Check> checks) {
        static Member of(Field field) {
            if (field.getType().isPrimitive()) {
                throw new IllegalStateException(
                        field + " has to be of a type with null, which tells that it was left out");
            }
            field.setAccessible(true);
            return new Member(field, !field.getAnnotatedType().isAnnotationPresent(Nullable.class),
                    Arrays.stream(field.getAnnotations())
                            .map(annotation -> check(annotation, field))
                            .filter(Objects::nonNull)
                            .toList());
        }

        String name() {
            return field.getName();
        }

        @Nullable
        Object of(Record params) {
            try {
                return field.get(params);
            } catch (IllegalAccessException e) {
                throw new IllegalStateException("not made accessible", e);
            }
        }
    }

    /** Null for an annotation that is no constraint. */
    private static @Nullable Check check(Annotation annotation, Field field) {
        if (annotation instanceof PlainText) {
            require(String.class, field);
            return matches(PLAIN_TEXT,
                    "must be 1 to " + PlainText.MAX + " characters, none of them a control character");
        }
        if (annotation instanceof Prose) {
            require(String.class, field);
            return matches(PROSE,
                    "must be 1 to " + Prose.MAX + " characters, no control characters but tab and line break");
        }
        if (annotation instanceof IntRange range) {
            require(Integer.class, field);
            return within(range.min(), range.max());
        }
        if (annotation instanceof RoleList roles) {
            require(List.class, field);
            return (name, value, found) -> findBadRoles(roles.max(), name, (List<?>) value, found);
        }
        if (annotation instanceof JsonSize size) {
            require(JsonNode.class, field);
            String message = "must be at most " + size.max()
                    + " bytes of JSON, in well-formed Unicode, without numbers of absurd size";
            return (name, value, found) -> {
                if (!canBeStored((JsonNode) value, size.max())) {
                    found.add(new Failure.Violation(name, message));
                }
            };
        }
        return null;
    }

    private static void require(Class<?> type, Field field) {
        if (!type.isAssignableFrom(field.getType())) {
            throw new IllegalStateException(field + " has a constraint for a " + type.getSimpleName());
        }
    }

    private static Check matches(Pattern pattern, String message) {
        return (field, value, found) -> {
            if (!pattern.matcher((String) value).matches()) {
                found.add(new Failure.Violation(field, message));
            }
        };
    }

    private static Check within(int min, int max) {
        String message = "must be " + min + (max == Integer.MAX_VALUE ? " or more" : " to " + max);
        return (field, value, found) -> {
            int number = (Integer) value;
            if (number < min || number > max) {
                found.add(new Failure.Violation(field, message));
            }
        };
    }

    /** A list that is far too long is not looked at to its end. */
    private static void findBadRoles(int max, String field, List<?> roles, List<Failure.Violation> found) {
        Set<@Nullable Object> different = new HashSet<>();
        for (int index = 0; index < roles.size(); index++) {
            Object role = roles.get(index);
            if (!different.add(role)) {
                continue;
            }
            if (different.size() > max) {
                found.add(new Failure.Violation(field, "must hold at most " + max + " different roles"));
                return;
            }
            if (role == null || !ROLE.matcher((String) role).matches()) {
                found.add(new Failure.Violation(field + "[" + index + "]",
                        "must be a letter followed by at most 63 letters, digits or _ . : -"));
            }
        }
    }

    private static boolean canBeStored(JsonNode value, int maxBytes) {
        String text = Json.text(value);
        try {
            // half of a surrogate pair fails here; it would be stored as a question mark
            int size = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text)).remaining();
            if (size > maxBytes) {
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
