package dev.claudebench.rpc;

import static dev.claudebench.support.Rpc.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.method.Json;
import dev.claudebench.support.FleetTest;
import dev.claudebench.support.Rpc;
import io.quarkus.test.junit.QuarkusTest;

/** Params at their bounds are accepted, and values come back from Redis unchanged. */
@QuarkusTest
class AcceptedInputTest extends FleetTest {
    private static final int METADATA_BYTES = 16 * 1024;
    private static final List<String> ROLES = IntStream.range(0, 32).mapToObj(i -> "r" + i).toList();

    @ParameterizedTest
    @ValueSource(strings = {"plain", " ", "a b", "'single'", "\"double\"", "back\\slash", "\\", "\\\\u0000", "a/b",
            "</script>", "100%", "%s%d%n", "%00", "a:b", "cb:instance:x", "{a}", "{}", "[1]", "null", "true", "1", "-",
            "*", "é", "ß\u0301", "日本語", "😀", "\u2028\u2029", "\u202e", "\ufeff", "\ufffe", "\u00a0", "a,b", "$1",
            "^(.*)$",
            "${jndi:x}", "%1", "{{7*7}}", "x' OR '1'='1", "]]>"})
    void idComesBackUnchanged(String id) {
        assertRegistered(id, List.of("worker"), Map.of());
        JsonNode state = state();
        assertThat(state.path("instances")).extracting(instance -> instance.path("id").textValue()).containsExactly(id);
        assertThat(state.path("leader").path("id").textValue()).isEqualTo(id);
        assertThat(payloads(state, "instance.registered")).extracting(payload -> payload.path("id").textValue())
                .containsExactly(id);
        assertThat(payloads(state, "leader.elected")).extracting(payload -> payload.path("id").textValue())
                .containsExactly(id);
        // the same registration renews, so the record is found by the id
        assertRegistered(id, List.of("worker"), Map.of());
        assertThat(state().path("instances")).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "é", "日", "😀"})
    void idMayHave256CharactersOfAnyPlane(String character) {
        String id = character.repeat(256);
        assertRegistered(id, List.of(), Map.of());
        assertThat(state().path("instances").get(0).path("id").textValue()).isEqualTo(id);
        assertThat(registration(id + character).violations()).containsExactly("id");
    }

    @Test
    void sessionsDifferByEveryCharacter() {
        String session = "é😀\"\\%'".repeat(32);
        assertThat(register("w1", "", session)).isTrue();
        assertThat(register("w1", "", session)).isTrue();
        assertThat(register("w1", "", session.replace('\\', '/'))).isFalse();
    }

    @Test
    void instanceMayHave32RolesOrNone() {
        assertRegistered("w1", ROLES, Map.of());
        assertRegistered("w2", List.of(), Map.of());
        JsonNode instances = state().path("instances");
        assertThat(instances.get(0).path("roles")).extracting(JsonNode::textValue).containsExactlyElementsOf(ROLES);
        assertThat(instances.get(1).path("roles")).hasToString("[]");
        assertThat(payloads(state(), "instance.registered")).anySatisfy(
                payload -> assertThat(payload.path("roles")).hasToString("[]"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"w", "Worker", "a_b.c:d-9",
            "z23456789012345678901234567890123456789012345678901234567890123"})
    void roleNameIsValid(String role) {
        assertRegistered("w1", List.of(role), Map.of());
        assertThat(redis.set(String.class).smembers("cb:role:" + role)).containsExactly("w1");
    }

    @Test
    void rolesThatRepeatCountOnce() {
        List<String> repeated = IntStream.range(0, 64).mapToObj(i -> "r" + i % 32).toList();
        assertRegistered("w1", repeated, Map.of());
        assertThat(state().path("instances").get(0).path("roles")).extracting(JsonNode::textValue)
                .containsExactlyElementsOf(ROLES);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "é", "日", "😀", "\"", "\u0000"})
    void metadataMayHave16KiB(String character) {
        // {"k":"…"} is 8 bytes without the text
        int width = bytes(Map.of("k", character)) - 8;
        String text = character.repeat((METADATA_BYTES - 8) / width) + "p".repeat((METADATA_BYTES - 8) % width);
        Map<String, Object> metadata = Map.of("k", text);
        assertThat(bytes(metadata)).isEqualTo(METADATA_BYTES);
        assertRegistered("w1", List.of(), metadata);
        assertThat(state().path("instances").get(0).path("metadata")).isEqualTo(Json.read(Json.text(metadata)));
        assertThat(registration("w1").with("metadata", Map.of("k", text + "p")).violations())
                .containsExactly("metadata");
    }

    @Test
    void metadataComesBackUnchanged() {
        String metadata = json(
                """
                {'':0,'a b':null,'list':[],'object':{},'nested':[[{'x':[true,false]}]],'text':'é😀\\u0000\\n\\"/',\
                'id':'w9','roles':['x'],'__proto__':{}}""");
        registration("w1").with("metadata", Json.read(metadata)).result();
        create("t").with("metadata", Json.read(metadata)).result();
        assertThat(state().path("instances").get(0).path("metadata")).isEqualTo(Json.read(metadata));
        assertThat(state().path("tasks").get(0).path("metadata")).isEqualTo(Json.read(metadata));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "1.0", "1.10", "1e2", "1.5E-7", "12345678901234567890123", "0.1",
            "9007199254740993",
            "3.14159265358979323846264338327950288", "1e400", "-0.0000000000000000000000000001"})
    void numbersInMetadataKeepTheirDigits(String number) {
        assertThat(rpc().text(json("{'jsonrpc':'2.0','method':'task.create','params':{'text':'t','metadata':{'n':"
                + number + "}},'id':1}"))).contains("\"result\"");
        // equal in value and in scale
        assertThat(new BigDecimal(state().path("tasks").get(0).path("metadata").path("n").asText()))
                .isEqualTo(new BigDecimal(number));
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "two\nlines\r\n\tand a tab", "\"quoted\" \\ / % é 😀 {a} 'b'", " "})
    void taskTextComesBackUnchanged(String text) {
        JsonNode task = create(text).result();
        assertThat(task.path("text").textValue()).isEqualTo(text);
        assertThat(state().path("tasks").get(0)).isEqualTo(task);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "é", "😀", "\n"})
    void taskTextMayHave16384Characters(String character) {
        assertThat(create(character.repeat(16_384)).result().get("text").textValue())
                .isEqualTo(character.repeat(16_384));
        assertThat(create(character.repeat(16_385)).violations()).containsExactly("text");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 99, 100})
    void priorityMayBeZeroToAHundred(int priority) {
        assertThat(create("t").with("priority", priority).result().get("priority").intValue()).isEqualTo(priority);
    }

    @Test
    void optionalParamsMayBeNull() {
        registration("w1").with("sessionId", null).with("metadata", null).result();
        JsonNode task = create("t").with("priority", null)
                .with("roles", null)
                .with("metadata", null)
                .with("idempotencyKey", null)
                .result();
        assertThat(task.path("priority").intValue()).isEqualTo(50);
        assertThat(task.path("roles")).hasToString("[]");
        assertThat(task.path("metadata")).hasToString("{}");
        assertThat(rpc("system.get_state").with("limit", null).result().at("/instances/0/id").textValue())
                .isEqualTo("w1");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 1000})
    void limitBoundsEveryList(int limit) {
        for (int i = 0; i < 3; i++) {
            assertRegistered("w" + i, List.of(), Map.of());
            createTask("t" + i);
        }
        JsonNode state = rpc("system.get_state").with("limit", limit).result();
        assertThat(state.path("instances")).hasSize(Math.min(limit, 3));
        assertThat(state.path("tasks")).hasSize(Math.min(limit, 3));
        assertThat(state.path("recentEvents")).hasSize(Math.min(limit, 7));
    }

    private void assertRegistered(String id, List<String> roles, Map<String, Object> metadata) {
        assertThat(registration(id).with("roles", roles).with("metadata", metadata).result())
                .hasToString("{\"registered\":true}");
    }

    private Rpc.Call registration(String id) {
        return rpc("system.register").with("id", id).with("roles", List.of());
    }

    private Rpc.Call create(String text) {
        return rpc("task.create").with("text", text);
    }

    private static int bytes(Map<String, Object> value) {
        return Json.text(value).getBytes(StandardCharsets.UTF_8).length;
    }

    private static List<JsonNode> payloads(JsonNode state, String type) {
        return StreamSupport.stream(state.path("recentEvents").spliterator(), false)
                .filter(event -> event.path("type").textValue().equals(type))
                .map(event -> event.path("payload"))
                .toList();
    }
}
