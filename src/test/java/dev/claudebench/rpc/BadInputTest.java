package dev.claudebench.rpc;

import static dev.claudebench.support.Rpc.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.claudebench.method.Json;
import dev.claudebench.support.FleetTest;
import dev.claudebench.support.Mcp;
import io.quarkus.test.junit.QuarkusTest;

/** Params outside their bounds: each is named, changes nothing, and does the service no harm. */
@QuarkusTest
class BadInputTest extends FleetTest {
    private static final String INPUT = "zqzq";
    private static final List<String> NO_STRINGS = List.of("5", "1.5", "true", "{}", "[]", "['" + INPUT + "']",
            "{'a':{'b':['" + INPUT + "']}}");
    private static final List<String> NO_PLAIN_TEXTS = List.of("''", "'a\\u0000'", "'\\n'", "'a\\u001fb'",
            "'a\\u007f'", "'a\\u0085'", "'\\ud800'", "'\\udc00a'", "'" + INPUT + "x".repeat(253) + "'");
    private static final List<String> NO_ROLE_NAMES = List.of("5", "null", "true", "[]", "{}", "''", "' '", "'1a'",
            "'-a'", "'a b'", "'a,b'", "'a/b'", "'a\\n'", "'é'", "'a\\u0000'", "'" + INPUT + "a".repeat(61) + "'");
    private static final List<String> NO_METADATA = List.of("[]", "['" + INPUT + "']", "'" + INPUT + "'", "''", "5",
            "false", "{'a':'\\ud800'}", "{'\\udc00':1}", "{'a':'" + "x".repeat(16 * 1024 - 7) + "'}",
            "{'a':'" + "é".repeat(8 * 1024 - 3) + "'}", "{'a':10e2147483647}",
            "{'a':" + "1".repeat(998) + "e9}");

    @AfterEach
    void nextGoodCallWorks() {
        register("good", "worker");
    }

    /** @param field the only one at fault */
    record Case(String method, String params, String field) {
        @Override
        public String toString() {
            return method + " " + (params.length() > 80 ? params.substring(0, 80) + "…" : params);
        }
    }

    static Stream<Case> badFields() {
        List<Case> cases = new ArrayList<>();
        String register = "system.register";
        cases.add(new Case(register, "{'roles':[]}", "id"));
        cases.add(new Case(register, "{'id':null,'roles':[]}", "id"));
        NO_STRINGS.forEach(bad -> cases.add(new Case(register, "{'id':" + bad + ",'roles':[]}", "id")));
        NO_PLAIN_TEXTS.forEach(bad -> cases.add(new Case(register, "{'id':" + bad + ",'roles':[]}", "id")));
        NO_STRINGS.forEach(bad -> cases.add(new Case(register, "{'id':'a','roles':[],'sessionId':" + bad + "}",
                "sessionId")));
        NO_PLAIN_TEXTS.forEach(bad -> cases.add(new Case(register, "{'id':'a','roles':[],'sessionId':" + bad + "}",
                "sessionId")));
        cases.add(new Case(register, "{'id':'a'}", "roles"));
        for (String bad : List.of("null", "'worker'", "{}", "{'0':'worker'}", "5", "''", roles(33))) {
            cases.add(new Case(register, "{'id':'a','roles':" + bad + "}", "roles"));
        }
        NO_ROLE_NAMES.forEach(bad -> cases.add(new Case(register, "{'id':'a','roles':['worker'," + bad + ",'b']}",
                "roles[1]")));
        NO_METADATA.forEach(bad -> cases.add(new Case(register, "{'id':'a','roles':[],'metadata':" + bad + "}",
                "metadata")));

        String create = "task.create";
        cases.add(new Case(create, "{}", "text"));
        cases.add(new Case(create, "{'text':null}", "text"));
        NO_STRINGS.forEach(bad -> cases.add(new Case(create, "{'text':" + bad + "}", "text")));
        for (String bad : List.of("''", "'a\\u0000'", "'\\u000b'", "'a\\u007f'", "'a\\u0085'", "'\\ud800'",
                "'" + INPUT + "x".repeat(16_381) + "'", "'" + INPUT + "x".repeat(900_000) + "'")) {
            cases.add(new Case(create, "{'text':" + bad + "}", "text"));
        }
        for (String bad : List.of("-1", "101", "50.5", "1.0", "1e1", "'5'", "''", "' '", "true", "[5]", "[]", "{}",
                "99999999999", "99999999999999999999", "1e400", "-1e999999999", "1e-999999999")) {
            cases.add(new Case(create, "{'text':'a','priority':" + bad + "}", "priority"));
        }
        for (String bad : List.of("'worker'", "{}", "5", "''", roles(5))) {
            cases.add(new Case(create, "{'text':'a','roles':" + bad + "}", "roles"));
        }
        NO_ROLE_NAMES.forEach(bad -> cases.add(new Case(create, "{'text':'a','roles':['worker'," + bad + "]}",
                "roles[1]")));
        NO_METADATA.forEach(bad -> cases.add(new Case(create, "{'text':'a','metadata':" + bad + "}", "metadata")));
        for (String bad : List.of("999", "86400001", "-1", "1.5", "'5000'")) {
            cases.add(new Case(create, "{'text':'a','leaseMs':" + bad + "}", "leaseMs"));
        }
        for (String bad : List.of("0", "101", "1.5", "'3'")) {
            cases.add(new Case(create, "{'text':'a','maxAttempts':" + bad + "}", "maxAttempts"));
        }
        cases.add(new Case(create, "{'text':'a','delayMs':-1}", "delayMs"));
        cases.add(new Case(create, "{'text':'a','delayMs':1,'runAt':1}", "delayMs"));
        cases.add(new Case(create, "{'text':'a','runAt':'tomorrow'}", "runAt"));
        for (String bad : List.of("'a'", "{}", "5", roles(33))) {
            cases.add(new Case(create, "{'text':'a','dependsOn':" + bad + "}", "dependsOn"));
        }
        for (String bad : List.of("'a'", "{}", "5", roles(17))) {
            cases.add(new Case(create, "{'text':'a','resources':" + bad + "}", "resources"));
        }
        for (String bad : List.of("''", "'/'", "'..'", "'a/./b'", "'a\\u0000'", "'" + INPUT + "x".repeat(253) + "'")) {
            cases.add(new Case(create, "{'text':'a','resources':['b'," + bad + "]}", "resources[1]"));
        }
        NO_STRINGS.forEach(bad -> cases.add(new Case(create, "{'text':'a','idempotencyKey':" + bad + "}",
                "idempotencyKey")));
        NO_PLAIN_TEXTS.forEach(bad -> cases.add(new Case(create, "{'text':'a','idempotencyKey':" + bad + "}",
                "idempotencyKey")));

        for (String bad : List.of("0", "-1", "1001", "1.5", "1.0", "'5'", "''", "true", "[5]", "{}", "1e400",
                "99999999999999999999", "1e999999999")) {
            cases.add(new Case("system.get_state", "{'limit':" + bad + "}", "limit"));
            cases.add(new Case("task.list", "{'limit':" + bad + "}", "limit"));
            cases.add(new Case("system.list_instances", "{'limit':" + bad + "}", "limit"));
        }
        return cases.stream();
    }

    /** The fields of the other methods that are plain text, or bounded in their own way. */
    static Stream<Case> badFieldsOfTheLifeOfInstancesAndTasks() {
        List<Case> cases = new ArrayList<>();
        List<String> noTexts = Stream.concat(NO_STRINGS.stream(), NO_PLAIN_TEXTS.stream()).toList();
        noTexts.forEach(bad -> cases.add(new Case("system.get_instance", "{'instanceId':" + bad + "}", "instanceId")));
        for (String method : List.of("system.heartbeat", "system.unregister", "system.resign")) {
            cases.add(new Case(method, "{}", "instanceId"));
            noTexts.forEach(bad -> cases.add(new Case(method, "{'instanceId':" + bad + "}", "instanceId")));
            noTexts.forEach(bad -> cases.add(new Case(method, "{'instanceId':'a','sessionId':" + bad + "}",
                    "sessionId")));
        }
        for (String bad : List.of("'now'", "1.5", "true", "[]", "99999999999999999999")) {
            cases.add(new Case("system.unregister", "{'instanceId':'a','timestamp':" + bad + "}", "timestamp"));
        }
        cases.add(new Case("task.claim", "{}", "workerId"));
        noTexts.forEach(bad -> cases.add(new Case("task.claim", "{'workerId':" + bad + "}", "workerId")));
        noTexts.forEach(
                bad -> cases.add(new Case("task.claim", "{'workerId':'a','sessionId':" + bad + "}", "sessionId")));
        for (String bad : List.of("0", "11", "-1", "1.5", "'1'", "true", "1e400")) {
            cases.add(new Case("task.claim", "{'workerId':'a','maxTasks':" + bad + "}", "maxTasks"));
        }
        cases.add(new Case("task.complete", "{}", "taskId"));
        cases.add(new Case("task.complete", "{'id':'a','taskId':'b'}", "taskId"));
        cases.add(new Case("task.complete", "{'id':'a','workerId':'w','result':1,'error':'" + INPUT + "'}",
                "error"));
        for (String method : List.of("task.complete", "task.progress", "task.release")) {
            cases.add(new Case(method, "{'taskId':'a'}", "claim"));
            for (String bad : List.of("'1'", "1.5", "true", "[]", "99999999999999999999")) {
                cases.add(new Case(method, "{'taskId':'a','claim':" + bad + "}", "claim"));
            }
        }
        for (String field : List.of("id", "taskId")) {
            noTexts.forEach(bad -> cases.add(new Case("task.complete",
                    "{'workerId':'w','" + field + "':" + bad + "}", field)));
        }
        for (String field : List.of("workerId", "sessionId")) {
            noTexts.forEach(bad -> cases.add(new Case("task.complete", "{'id':'a','" + field + "':" + bad + "}",
                    field)));
        }
        for (String bad : List.of("5", "true", "{}", "['" + INPUT + "']")) {
            cases.add(new Case("task.complete", "{'id':'a','workerId':'w','error':" + bad + "}", "error"));
        }
        for (String method : List.of("task.get", "task.cancel", "task.retry")) {
            cases.add(new Case(method, "{}", "taskId"));
            noTexts.forEach(bad -> cases.add(new Case(method, "{'taskId':" + bad + "}", "taskId")));
        }
        for (String bad : List.of("5", "'\\u001b[31m'", "''", "'" + INPUT + "x".repeat(1000) + "'")) {
            cases.add(new Case("task.cancel", "{'taskId':'a','reason':" + bad + "}", "reason"));
            cases.add(new Case("task.progress", "{'taskId':'a','claim':1,'note':" + bad + "}", "note"));
        }
        for (String bad : List.of("-1", "101", "0.5", "'5'")) {
            cases.add(new Case("task.progress", "{'taskId':'a','claim':1,'percent':" + bad + "}", "percent"));
            cases.add(new Case("system.register", "{'id':'a','roles':[],'capacity':" + bad + "}", "capacity"));
        }
        for (String bad : List.of("-1", "30001", "1.5", "'5'", "true")) {
            cases.add(new Case("task.claim", "{'workerId':'a','waitMs':" + bad + "}", "waitMs"));
        }
        for (String bad : List.of("0", "1", "'true'", "[]")) {
            cases.add(new Case("task.claim", "{'workerId':'a','resume':" + bad + "}", "resume"));
        }
        for (String bad : List.of("'x'", "5", "'1 -inf'", "'1 1;2 x'", "'1 -inf " + INPUT + "x".repeat(300) + "'")) {
            cases.add(new Case("system.repair", "{'cursor':" + bad + "}", "cursor"));
        }
        for (String bad : List.of("'" + INPUT + "x".repeat(16 * 1024) + "'", "'\\ud800'", "10e2147483647")) {
            cases.add(new Case("task.complete", "{'id':'a','workerId':'w','result':" + bad + "}", "result"));
        }
        for (String bad : List.of("5", "true", "''", "'PENDING'", "'" + INPUT + "'", "['pending']")) {
            cases.add(new Case("task.list", "{'status':" + bad + "}", "status"));
        }
        for (String bad : List.of("5", "{}", "''", "'" + INPUT + "'", "'cGVuZGluZw'", "'" + "A".repeat(300) + "'",
                "'cGVuZGluZyBlIHg'", "'cGVuZGluZyAxLjIuMyB4'")) {
            cases.add(new Case("task.list", "{'cursor':" + bad + "}", "cursor"));
            cases.add(new Case("system.list_instances", "{'cursor':" + bad + "}", "cursor"));
        }
        noTexts.forEach(bad -> cases.add(new Case("task.list", "{'workerId':" + bad + "}", "workerId")));
        noTexts.forEach(bad -> cases.add(new Case("system.list_instances", "{'role':" + bad + "}", "role")));
        return cases.stream();
    }

    @ParameterizedTest
    @MethodSource({"badFields", "badFieldsOfTheLifeOfInstancesAndTasks"})
    void badFieldIsNamedAndChangesNothing(Case bad) {
        String answer = rpc().text(call(bad.method(), bad.params()));
        JsonNode error = Json.read(answer).path("error");
        assertThat(error.path("code").intValue()).as(answer).isEqualTo(-32602);
        assertThat(error.at("/data/violations")).as(answer)
                .isNotEmpty()
                .allSatisfy(violation -> {
                    assertThat(violation.path("field").textValue()).isEqualTo(bad.field());
                    assertThat(violation.path("message").textValue()).isNotBlank();
                });
        assertThat(
                Mcp.asResponse(Json.read(new Mcp(rpc(), false).post(Map.of(), toolCall(bad)).asString()).get("result"))
                        .get("error"))
                .as("as a tool")
                .isEqualTo(error);
        assertThat(answer).doesNotContain(INPUT, "dev.claudebench", "java", "jackson", "Exception", "{max}");
        assertThat(keys()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"task.create, prio, priority", "task.create, Priority, priority", "task.create, prority, priority",
            "task.create, dealyMs, delayMs", "task.create, idempotency_key, idempotencyKey",
            "task.create, depends-on, dependsOn", "system.register, role, roles", "system.register, ID, id",
            "system.heartbeat, instance, instanceId", "task.complete, task_id, taskId"})
    void misspeltParamIsNamedAndChangesNothing(String method, String misspelt, String known) {
        String params = "{'text':'a','id':'a','instanceId':'a','" + misspelt + "':'a'}";
        badFieldIsNamedAndChangesNothing(new Case(method, params, misspelt));
        assertThat(rpc(method).with(misspelt, 1).error(-32602).at("/data/violations/0/message").textValue())
                .isEqualTo("unknown; did you mean " + known + "?");
    }

    @ParameterizedTest
    @ValueSource(strings = {"pri", "priorities", "metadataVersion", "colour", "", "p"})
    void otherUnknownParamsAreIgnored(String unknown) {
        rpc("task.create").with("text", "t").with(unknown, 7).result();
        rpc("system.check_health").with(unknown, 7).result();
    }

    @Test
    void everyFieldOutOfBoundsIsNamed() {
        assertThat(rpc("system.register").with("id", "")
                .with("roles", Arrays.asList("ok", "no good", null))
                .with("sessionId", "")
                .violations()).containsExactly("id", "roles[1]", "roles[2]", "sessionId");
    }

    @Test
    void manyMisspeltParamsMakeNoLargeAnswer() {
        ObjectNode params = Json.MAPPER.createObjectNode();
        IntStream.range(0, 20_000)
                .mapToObj(i -> Integer.toBinaryString(i).replace('0', '_').replace('1', '-'))
                .forEach(separators -> params.put("pri" + separators + "ority", 7));
        JsonNode error = rpc("task.create").params(params).error(-32602);
        assertThat(error.toString()).hasSizeLessThan(20_000);
    }

    @Test
    void manyViolationsMakeNoLargeAnswer() {
        List<String> roles = IntStream.range(0, 100_000).mapToObj(String::valueOf).toList();
        JsonNode error = rpc("system.register").with("id", "a").with("roles", roles).error(-32602);
        assertThat(error.toString()).hasSizeLessThan(20_000);
    }

    private static String roles(int count) {
        return IntStream.range(0, count).mapToObj(i -> "'r" + i + "'").collect(Collectors.joining(",", "[", "]"));
    }

    private static String toolCall(Case bad) {
        return call("tools/call",
                "{'name':'" + bad.method().replace('.', '_') + "','arguments':" + bad.params() + "}");
    }

    private static String call(String method, String params) {
        return json("{'jsonrpc':'2.0','method':'" + method + "','params':" + params + ",'id':1}");
    }
}
