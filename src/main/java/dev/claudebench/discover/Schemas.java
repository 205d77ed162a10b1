package dev.claudebench.discover;

import java.lang.annotation.Annotation;
import java.math.BigDecimal;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToIntFunction;

import org.jspecify.annotations.Nullable;

import com.fasterxml.classmate.ResolvedType;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import com.github.victools.jsonschema.generator.CustomDefinition;
import com.github.victools.jsonschema.generator.FieldScope;
import com.github.victools.jsonschema.generator.Option;
import com.github.victools.jsonschema.generator.OptionPreset;
import com.github.victools.jsonschema.generator.SchemaGenerationContext;
import com.github.victools.jsonschema.generator.SchemaGenerator;
import com.github.victools.jsonschema.generator.SchemaGeneratorConfigBuilder;
import com.github.victools.jsonschema.generator.SchemaVersion;
import com.github.victools.jsonschema.module.jackson.JacksonModule;
import com.github.victools.jsonschema.module.jackson.JacksonOption;

import dev.claudebench.method.IntRange;
import dev.claudebench.method.Json;
import dev.claudebench.method.JsonSize;
import dev.claudebench.method.PlainText;
import dev.claudebench.method.Prose;
import dev.claudebench.method.RoleList;
import dev.claudebench.method.SchemaType;

/**
 * How records become JSON Schema, of draft 7 as OpenRPC has it. What is generated says what the service does: the
 * bounds of params are those of their constraints, and what is required of a result is what Jackson always writes.
 */
final class Schemas {
    /** Our keyword for {@link JsonSize}, for which JSON Schema has none: the most bytes of compact text in UTF-8. */
    static final String MAX_BYTES = "x-max-bytes";

    private Schemas() {}

    /** For what callers send: what is not required may be null as well as left out. */
    static SchemaGenerator ofParams() {
        SchemaGeneratorConfigBuilder config = common();
        config.forFields()
                .withRequiredCheck(field -> !isNullable(field))
                .withNullableCheck(field -> isNullable(field) && !isAnything(field.getType()))
                .withDefaultResolver(Schemas::defaultOf)
                .withStringMinLengthResolver(field -> maxLengthOf(field) == null ? null : 1)
                .withStringMaxLengthResolver(Schemas::maxLengthOf)
                .withStringPatternResolver(Schemas::patternOf)
                .withArrayMaxItemsResolver(Schemas::maxItemsOf)
                .withNumberInclusiveMinimumResolver(
                        field -> boundOf(field, IntRange::min, Integer.MIN_VALUE, Long.MIN_VALUE))
                .withNumberInclusiveMaximumResolver(
                        field -> boundOf(field, IntRange::max, Integer.MAX_VALUE, Long.MAX_VALUE))
                .withInstanceAttributeOverride((schema, field, context) -> {
                    JsonSize size = field.getAnnotation(JsonSize.class);
                    if (size != null) {
                        schema.put(MAX_BYTES, size.max());
                    }
                });
        return new SchemaGenerator(config.build());
    }

    /** For what the service writes: all of it is there, but what is null and left out then. */
    static SchemaGenerator ofResults() {
        SchemaGeneratorConfigBuilder config = common();
        config.forFields()
                .withRequiredCheck(field -> !(isNullable(field) && isLeftOutWhenNull(field)))
                .withNullableCheck(field -> isNullable(field) && !isLeftOutWhenNull(field));
        return new SchemaGenerator(config.build());
    }

    private static SchemaGeneratorConfigBuilder common() {
        SchemaGeneratorConfigBuilder config = new SchemaGeneratorConfigBuilder(Json.MAPPER, SchemaVersion.DRAFT_7,
                OptionPreset.PLAIN_JSON)
                .without(Option.SCHEMA_VERSION_INDICATOR)
                .with(Option.MAP_VALUES_AS_ADDITIONAL_PROPERTIES, Option.INLINE_NULLABLE_SCHEMAS)
                .with(new JacksonModule(JacksonOption.FLATTENED_ENUMS_FROM_JSONVALUE));
        config.forTypesInGeneral()
                // all alike, so that they keep their order in the record
                .withPropertySorter(Comparator.nullsFirst(null))
                .withCustomDefinitionProvider(Schemas::definitionOf);
        config.forFields().withTargetTypeOverridesResolver(Schemas::typeOf);
        return config;
    }

    private static @Nullable List<ResolvedType> typeOf(FieldScope field) {
        SchemaType type = field.getAnnotation(SchemaType.class);
        // an annotation on a list is seen on its elements too
        return type == null || field.isFakeContainerItemScope()
                ? null
                : List.of(field.getContext().resolve(type.value()));
    }

    /** Of types that are JSON themselves, and so have no members to describe. */
    private static @Nullable CustomDefinition definitionOf(ResolvedType type, SchemaGenerationContext context) {
        Class<?> erased = type.getErasedType();
        ObjectNode schema = Json.MAPPER.createObjectNode();
        if (erased == ObjectNode.class) {
            return inline(schema.put("type", "object"));
        }
        if (erased == OpenRpcDocument.class) {
            return inline(schema.put("$ref", OpenRpcDocument.META_SCHEMA));
        }
        return isAnything(type) ? inline(schema) : null;
    }

    private static boolean isAnything(ResolvedType type) {
        return type.getErasedType() == JsonNode.class || type.getErasedType() == RawValue.class;
    }

    private static CustomDefinition inline(ObjectNode schema) {
        return new CustomDefinition(schema, CustomDefinition.DefinitionType.INLINE,
                CustomDefinition.AttributeInclusion.YES);
    }

    /** JSpecify's annotation belongs to the type, where the generator does not look. Elements are never null. */
    private static boolean isNullable(FieldScope field) {
        return !field.isFakeContainerItemScope()
                && field.getRawMember().getAnnotatedType().isAnnotationPresent(Nullable.class);
    }

    private static boolean isLeftOutWhenNull(FieldScope field) {
        JsonInclude own = field.getAnnotation(JsonInclude.class);
        JsonInclude include = own != null
                ? own
                : field.getDeclaringType().getErasedType().getAnnotation(JsonInclude.class);
        return include != null && include.value() == JsonInclude.Include.NON_NULL;
    }

    private static @Nullable Object defaultOf(FieldScope field) {
        JsonProperty property = field.getAnnotation(JsonProperty.class);
        return property == null || property.defaultValue().isEmpty() ? null : Json.read(property.defaultValue());
    }

    private static @Nullable Integer maxLengthOf(FieldScope field) {
        if (has(field, PlainText.class)) {
            return PlainText.MAX;
        }
        return has(field, Prose.class) ? Prose.MAX : null;
    }

    private static @Nullable String patternOf(FieldScope field) {
        if (has(field, RoleList.class) && field.isFakeContainerItemScope()) {
            return "^" + RoleList.NAME + "$";
        }
        if (has(field, PlainText.class)) {
            return PlainText.CHARACTERS;
        }
        return has(field, Prose.class) ? Prose.CHARACTERS : null;
    }

    /** A list with repeats may be longer than that, which JSON Schema cannot say. */
    private static @Nullable Integer maxItemsOf(FieldScope field) {
        RoleList roles = field.getAnnotation(RoleList.class);
        return roles == null || field.isFakeContainerItemScope() ? null : roles.max();
    }

    private static @Nullable BigDecimal boundOf(FieldScope field, ToIntFunction<IntRange> ofRange, int ofInt,
            long ofLong) {
        IntRange range = field.getAnnotation(IntRange.class);
        if (range != null) {
            return BigDecimal.valueOf(ofRange.applyAsInt(range));
        }
        if (field.getType().isInstanceOf(Integer.class)) {
            return BigDecimal.valueOf(ofInt);
        }
        return field.getType().isInstanceOf(Long.class) ? BigDecimal.valueOf(ofLong) : null;
    }

    private static boolean has(FieldScope field, Class<? extends Annotation> annotation) {
        return field.getAnnotation(annotation) != null;
    }
}
