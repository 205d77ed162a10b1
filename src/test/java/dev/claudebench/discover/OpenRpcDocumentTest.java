package dev.claudebench.discover;

import static dev.claudebench.method.ErrorCode.INVALID_PARAMS;
import static io.restassured.RestAssured.get;
import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.head;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;

import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.claudebench.method.ErrorCode;
import dev.claudebench.method.Json;
import dev.claudebench.method.RpcMethod;
import dev.claudebench.redis.Script;
import dev.claudebench.support.FleetTest;
import io.quarkus.test.junit.QuarkusTest;

/** The document as a whole: its form, its address, and that nothing is left out. */
@QuarkusTest
class OpenRpcDocumentTest extends FleetTest {
    private static final Set<String> WITHOUT_REDIS = Set.of("rpc.discover", "system.whoami");

    @Any
    @Inject
    Instance<RpcMethod<?, ?>> methods;

    @Inject
    @ConfigProperty(name = "quarkus.application.version")
    String version;

    private JsonNode document() {
        return rpc("rpc.discover").result();
    }

    @Test
    void conformsToTheMetaSchema() {
        assertThat(OpenRpc.violations(document())).isEmpty();
    }

    static Stream<Consumer<ObjectNode>> mutilations() {
        return Stream.of(document -> document.remove("methods"),
                document -> document.put("openrpc", "2.0"),
                document -> document.put("unknown", true),
                document -> document.withObject("/info").remove("version"),
                document -> document.withObject("/info").put("termsOfService", "no address"),
                document -> document.withObject("/methods/0").remove("name"),
                document -> document.withObject("/methods/0").put("paramStructure", "by-chance"),
                document -> document.withArray("/methods/0/errors").addObject().put("code", "-32602"),
                document -> document.withObject("/components/errors/unavailable").put("x-reasons", "none are allowed"),
                // the meta-schema that this one refers to defines what a schema may contain
                document -> document.withObject("/methods/0/result/schema").put("$ref", 5),
                document -> document.withObject("/components/schemas/Task").put("type", "strnig"),
                document -> document.withObject("/components/schemas/Task/properties/id").put("minLength", -1));
    }

    @ParameterizedTest
    @MethodSource("mutilations")
    void damagedDocumentDoesNotConform(Consumer<ObjectNode> mutilation) {
        ObjectNode document = document().deepCopy();
        mutilation.accept(document);
        assertThat(OpenRpc.violations(document)).isNotEmpty();
    }

    @Test
    void everyReferenceResolves() {
        JsonNode document = document();
        Set<String> references = Set.copyOf(document.findValuesAsText("$ref"));
        assertThat(references).contains("#/components/schemas/Task", "#/components/errors/unavailable");
        for (String reference : references) {
            assertThat(reference).startsWith("#");
            assertThat(document.at(reference.substring(1)).isObject()).as(reference).isTrue();
        }
    }

    @Test
    void schemasHaveTitlesOfTheirOwn() {
        JsonNode document = document();
        List<String> titles = document.findValuesAsText("title");
        titles.removeIf(document.at("/info/title").textValue()::equals);
        assertThat(titles).doesNotHaveDuplicates()
                .contains("Task", "TaskCompleteResult", "TaskCompleteReply", "SystemGetStateLimit");
        assertThat(document.at("/components/schemas")).allMatch(schema -> schema.has("title"));
        for (JsonNode method : document.get("methods")) {
            assertThat(method.get("params")).allMatch(param -> param.get("schema").has("title"));
            assertThat(method.at("/result/schema").fieldNames()).toIterable().containsAnyOf("title", "$ref");
        }
    }

    @Test
    void serverIsTheOneThatAnswers() {
        String address = document().at("/servers/0/url").textValue();
        given().contentType("application/json")
                .body(rpc("system.get_state").toString())
                .post(address)
                .then()
                .statusCode(200)
                .body("result.version", equalTo(0));
    }

    @Test
    void examplesPairWithParamsByPositionAndRequiredOnesComeFirst() {
        for (JsonNode method : new OpenRpc(document()).methods()) {
            List<String> names = method.get("params").findValuesAsText("name");
            assertThat(method.get("params")).extracting(param -> !param.get("required").booleanValue()).isSorted();
            assertThat(method.get("examples")).allSatisfy(example -> {
                List<String> given = example.get("params").findValuesAsText("name");
                assertThat(given).isEqualTo(names.subList(0, given.size()));
            });
        }
    }

    @Test
    void sameDocumentIsServedByGet() {
        var response = get("/openrpc.json");
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.contentType()).startsWith("application/json");
        assertThat(Json.read(response.asString())).isEqualTo(Json.read(document().toString()));
        head("/openrpc.json").then().statusCode(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "PATCH", "OPTIONS"})
    void otherVerbsAreRefused(String verb) {
        given().contentType("application/json")
                .body("{}")
                .request(verb, "/openrpc.json")
                .then()
                .statusCode(405)
                .header("Allow", "GET, HEAD");
    }

    @Test
    void everyMethodIsDescribed() {
        OpenRpc document = new OpenRpc(document());
        assertThat(document.methods()).extracting(method -> method.get("name").textValue())
                .containsExactlyElementsOf(methods.stream()
                        .map(RpcMethod::name)
                        .filter(name -> !name.startsWith("test."))
                        .sorted()
                        .toList());
        assertThat(document.methods()).allSatisfy(method -> {
            assertThat(method.get("description").textValue()).isNotBlank();
            assertThat(method.get("examples")).isNotEmpty();
            assertThat(method.get("params")).allSatisfy(
                    param -> assertThat(param.path("description").textValue()).isNotBlank());
        });
        assertThat(document().at("/info/version").textValue()).isEqualTo(version);
    }

    @Test
    void everyErrorCodeIsDescribed() {
        List<JsonNode> errors = document().at("/components/errors").valueStream().toList();
        assertThat(errors).extracting(error -> error.get("code").intValue())
                .containsExactlyInAnyOrder(Stream.of(ErrorCode.values()).map(ErrorCode::code).toArray(Integer[]::new));
    }

    @Test
    void reasonsOfRefusalsAreThoseOfTheScripts() {
        for (JsonNode method : new OpenRpc(document()).methods()) {
            String name = method.get("name").textValue();
            Set<String> documented = method.at("/errors/0/data/anyOf/1/properties/reason/enum")
                    .valueStream()
                    .map(JsonNode::textValue)
                    .collect(Collectors.toCollection(TreeSet::new));
            Set<String> actual = new TreeSet<>();
            if (!WITHOUT_REDIS.contains(name)) {
                Pattern.compile("(?:refused(?: = |\\()|refusalByQuota\\(ctx, usage, )'(\\w+)'")
                        .matcher(Script.named(name.replace('.', '_')).source())
                        .results()
                        .forEach(reason -> actual.add(reason.group(1)));
                if (Script.named(name.replace('.', '_')).source().contains("refuseUnlisted(ctx")) {
                    actual.add("too_many_benches");
                }
            }
            if (actual.contains("quota_tasks") || actual.contains("quota_instances")) {
                actual.add("quota_bytes");
            }
            assertThat(documented).as(name).isEqualTo(actual);
        }
    }

    @Test
    void dataOfErrorsIsAsDocumented() {
        OpenRpc document = new OpenRpc(document());
        JsonNode ofClaim = document.method("task.claim").at("/errors/0");
        assertThat(ofClaim.get("code").intValue()).isEqualTo(INVALID_PARAMS.code());
        JsonNode badParams = rpc("task.claim").with("workerId", "").error().get("data");
        JsonNode refusal = rpc("task.claim").with("workerId", "nobody").error().get("data");
        assertThat(badParams.has("violations")).isTrue();
        assertThat(refusal.has("reason")).isTrue();
        for (JsonNode data : List.of(badParams, refusal)) {
            assertThat(document.violations(ofClaim.get("data"), data)).isEmpty();
        }
        ObjectNode otherReason = refusal.deepCopy();
        otherReason.put("reason", "whim");
        assertThat(document.violations(ofClaim.get("data"), otherReason)).isNotEmpty();

        JsonNode internal = rpc("test.broken").error().get("data");
        assertThat(document.violations(document().at("/components/errors/internal_error/data"), internal)).isEmpty();
    }
}
