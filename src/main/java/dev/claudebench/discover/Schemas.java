package dev.claudebench.discover;

import java.math.BigDecimal;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToLongFunction;

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
import dev.claudebench.method.RoleList;
import dev.claudebench.method.SchemaType;

/**
 * Generators of JSON Schema (draft 7, as OpenRPC requires) for records. Schemas of params have the bounds of their
 * constraints; schemas of results require the members that Jackson always writes.
 */
final class Schemas {
    /** The keyword for {@link JsonSize}, an extension of JSON Schema. */
    static final String MAX_BYTES = "x-max-bytes";

    private Schemas() {}

    /** Optional params may be null or left out. */
    static SchemaGenerator forParams() {
        SchemaGeneratorConfigBuilder config = common();
        config.forFields()
                .withRequiredCheck(field -> !isNullable(field))
                .withNullableCheck(field -> isNullable(field) && !isAnyJson(field.getType()))
                .withDefaultResolver(Schemas::defaultValue)
                .withStringMinLengthResolver(field -> maxLength(field) == null ? null : 1)
                .withStringMaxLengthResolver(Schemas::maxLength)
                .withStringPatternResolver(Schemas::pattern)
                .withArrayMaxItemsResolver(Schemas::maxItems)
                .withNumberInclusiveMinimumResolver(
                        field -> bound(field, IntRange::min, Integer.MIN_VALUE, Long.MIN_VALUE))
                .withNumberInclusiveMaximumResolver(
                        field -> bound(field, IntRange::max, Integer.MAX_VALUE, Long.MAX_VALUE))
                .withInstanceAttributeOverride((schema, field, context) -> {
                    JsonSize size = field.getAnnotation(JsonSize.class);
                    if (size != null) {
                        schema.put(MAX_BYTES, size.max());
                    }
                });
        return new SchemaGenerator(config.build());
    }

    /** All members are required, except those that are left out when they are null. */
    static SchemaGenerator forResults() {
        return new SchemaGenerator(results().build());
    }

    /** The same, but schemas have no references to others. */
    static SchemaGenerator forResultsInline() {
        return new SchemaGenerator(results().with(Option.INLINE_ALL_SCHEMAS).build());
    }

    private static SchemaGeneratorConfigBuilder results() {
        SchemaGeneratorConfigBuilder config = common();
        config.forFields()
                .withRequiredCheck(field -> !(isNullable(field) && isLeftOutWhenNull(field)))
                .withNullableCheck(field -> isNullable(field) && !isLeftOutWhenNull(field));
        return config;
    }

    private static SchemaGeneratorConfigBuilder common() {
        SchemaGeneratorConfigBuilder config = new SchemaGeneratorConfigBuilder(Json.MAPPER, SchemaVersion.DRAFT_7,
                OptionPreset.PLAIN_JSON)
                .without(Option.SCHEMA_VERSION_INDICATOR)
                .with(Option.MAP_VALUES_AS_ADDITIONAL_PROPERTIES, Option.INLINE_NULLABLE_SCHEMAS)
                .with(new JacksonModule(JacksonOption.FLATTENED_ENUMS_FROM_JSONVALUE));
        config.forTypesInGeneral()
                // Treats all properties as equal, which keeps the order of the record.
                .withPropertySorter(Comparator.nullsFirst(null))
                .withCustomDefinitionProvider(Schemas::definition);
        config.forFields().withTargetTypeOverridesResolver(Schemas::targetType);
        return config;
    }

    private static @Nullable List<ResolvedType> targetType(FieldScope field) {
        SchemaType type = field.getAnnotation(SchemaType.class);
        // The generator also applies the annotations of a list to its elements.
        return type == null || field.isFakeContainerItemScope()
                ? null
                : List.of(field.getContext().resolve(type.value()));
    }

    /** Defines the types that contain arbitrary JSON. */
    private static @Nullable CustomDefinition definition(ResolvedType type, SchemaGenerationContext context) {
        ObjectNode schema = Json.MAPPER.createObjectNode();
        if (type.getErasedType() == ObjectNode.class || type.getErasedType() == DiscoverMethod.Document.class) {
            schema.put("type", "object");
        } else if (!isAnyJson(type)) {
            return null;
        }
        return new CustomDefinition(schema, CustomDefinition.DefinitionType.INLINE,
                CustomDefinition.AttributeInclusion.YES);
    }

    private static boolean isAnyJson(ResolvedType type) {
        return type.getErasedType() == JsonNode.class || type.getErasedType() == RawValue.class;
    }

    /** The generator ignores type annotations such as JSpecify's. Elements of lists are never null. */
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

    private static @Nullable Object defaultValue(FieldScope field) {
        JsonProperty property = field.getAnnotation(JsonProperty.class);
        return property == null || property.defaultValue().isEmpty() ? null : Json.read(property.defaultValue());
    }

    private static @Nullable Integer maxLength(FieldScope field) {
        PlainText text = field.getAnnotation(PlainText.class);
        return text == null ? null : text.max();
    }

    /**
     * ECMAScript matches Unicode categories only with a flag that JSON Schema does not set, so the control characters are
     * listed. Unpaired surrogates are missing: engines differ in how they match them.
     */
    private static @Nullable String pattern(FieldScope field) {
        if (field.getAnnotation(RoleList.class) != null && field.isFakeContainerItemScope()) {
            return "^" + RoleList.NAME + "$";
        }
        PlainText text = field.getAnnotation(PlainText.class);
        if (text == null) {
            return null;
        }
        return text.lines()
                ? "^[^\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f]*$"
                : "^[^\\u0000-\\u001f\\u007f-\\u009f]*$";
    }

    /** JSON Schema cannot express that repeated roles count once. */
    private static @Nullable Integer maxItems(FieldScope field) {
        RoleList roles = field.getAnnotation(RoleList.class);
        return roles == null || field.isFakeContainerItemScope() ? null : roles.max();
    }

    private static @Nullable BigDecimal bound(FieldScope field, ToLongFunction<IntRange> rangeBound, int intBound,
            long longBound) {
        IntRange range = field.getAnnotation(IntRange.class);
        if (range != null) {
            return BigDecimal.valueOf(rangeBound.applyAsLong(range));
        }
        if (field.getType().isInstanceOf(Integer.class)) {
            return BigDecimal.valueOf(intBound);
        }
        return field.getType().isInstanceOf(Long.class) ? BigDecimal.valueOf(longBound) : null;
    }
}
