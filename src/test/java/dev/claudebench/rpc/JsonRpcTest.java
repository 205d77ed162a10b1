package dev.claudebench.rpc;

import static dev.claudebench.support.Rpc.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.method.Json;
import dev.claudebench.support.FleetTest;
import dev.claudebench.support.Rpc;
import io.quarkus.test.junit.QuarkusTest;

/** The protocol, as in the JSON-RPC 2.0 specification. */
@QuarkusTest
class JsonRpcTest extends FleetTest {

    @Test
    void responseHoldsVersionResultAndIdInThatOrder() {
        String request = "{'jsonrpc':'2.0','method':'system.register','params':{'id':'w1','roles':[]},'id':'register-1'}";
        assertThat(rpc().text(json(request))).isEqualTo(
                json("{'jsonrpc':'2.0','result':{'registered':true},'id':'register-1'}"));
    }

    @Test
    void membersMayComeInAnyOrder() {
        assertThat(rpc()
                .text(json("""
                           {'id':1,'params':{'roles':[],'id':'w1'},'method':'system.register','jsonrpc':'2.0'}""")))
                .isEqualTo(json("{'jsonrpc':'2.0','result':{'registered':true},'id':1}"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-0", "1.0", "-0.0", "1e2", "1E+2", "123456789012345678901234567890", "null", "\"\"",
            "\" \"", "\"1\"", "\"\\u00e9\"", "\"é\"", "\"\\ud83d\\ude00\"", "\"😀\"", "\"\\ud800\"", "\"a\\/b/c\"",
            "\"\\\"\\\\\\n\""})
    void idComesBackByteForByte(String id) {
        assertThat(rpc().text(json("{'jsonrpc':'2.0','id': ") + id + json(" ,'method':'no.such'}")))
                .startsWith(json("{'jsonrpc':'2.0','error':{'code':-32601,"))
                .endsWith(json("},'id':") + id + "}");
    }

    @ParameterizedTest
    @CsvSource({"task.craete, task.create", "register, system.register", "System_Heartbeat, system.heartbeat",
            "rpc.describe, rpc.discover", "tasks.list, task.list"})
    void unknownMethodIsNamedWithTheNearest(String unknown, String nearest) {
        assertThat(rpc(unknown).error(-32601).get("message").textValue())
                .isEqualTo("Method not found: '" + unknown + "', the nearest is " + nearest);
    }

    @Test
    void longNameOfAMethodIsCutOffAndLosesItsControlCharacters() {
        assertThat(rpc("é\u001b[31m\n\u202e\ud800😀" + "x".repeat(100_000)).error(-32601).get("message").textValue())
                .startsWith("Method not found: 'é?[31m???😀xxx")
                .contains("x…', the nearest is ")
                .hasSizeLessThan(150);
        assertThat(rpc("").error(-32601).get("message").textValue())
                .startsWith("Method not found: '', the nearest is ");
    }

    @Test
    void idsComeBackFromAnywhereInALargeBody() {
        String body = IntStream.range(0, 50)
                .mapToObj(i -> json("{'jsonrpc':'2.0','filling':'é" + "x".repeat(397 * i) + "','id': '\\u00e9😀" + i
                        + "' ,'method':'no.such'}"))
                .collect(Collectors.joining(",", "[", "]"));
        String answer = rpc().text(body);
        assertThat(answer.split("\"id\":", -1)).hasSize(51);
        for (int i = 0; i < 50; i++) {
            assertThat(answer).contains("\"id\":\"\\u00e9😀" + i + "\"}");
        }
    }

    @ParameterizedTest
    @CsvSource({"'\"', 1022, '\"', true", "'\"', 1023, '\"', false", "'', 1000, '', true", "'', 1000, .0, false"})
    void idHasALongestLength(String open, int length, String close, boolean accepted) {
        String id = open + "7".repeat(length) + close;
        JsonNode response = Json.read(rpc().text(json("{'jsonrpc':'2.0','method':'no.such','id':") + id + "}"));
        assertThat(response.at("/error/code").intValue())
                .isEqualTo(accepted ? -32601 : open.isEmpty() ? -32700 : -32600);
        assertThat(response.path("id").toString()).isEqualTo(accepted ? id : "null");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "{'method':'no.such','id':7} | -32600 | 7",
            "{'jsonrpc':'1.0','method':'no.such','id':7} | -32600 | 7",
            "{'jsonrpc':2.0,'method':'no.such','id':7} | -32600 | 7",
            "{'jsonrpc':null,'method':'no.such','id':7} | -32600 | 7",
            "{'jsonrpc':'2.0','id':7} | -32600 | 7",
            "{'jsonrpc':'2.0','method':7,'id':'a'} | -32600 | \"a\"",
            "{'jsonrpc':'2.0','method':null,'id':7} | -32600 | 7",
            "{'jsonrpc':'2.0','method':['no.such'],'id':7} | -32600 | 7",
            "{'jsonrpc':'2.0','method':'no.such','id':{}} | -32600 | null",
            "{'jsonrpc':'2.0','method':'no.such','id':[1]} | -32600 | null",
            "{'jsonrpc':'2.0','method':'no.such','id':true} | -32600 | null",
            "{'jsonrpc':'2.0','method':'system.get_state','params':'x','id':7} | -32600 | 7",
            "{'jsonrpc':'2.0','method':'system.get_state','params':5,'id':7} | -32600 | 7",
            "{'jsonrpc':'2.0','method':'system.get_state','params':null,'id':7} | -32600 | 7",
            "{'id':7,'params':true,'method':'system.get_state','jsonrpc':'2.0'} | -32600 | 7",
            "{'jsonrpc':'2.0','method':'task.get','params':[],'id':7} | -32602 | 7",
            "{'jsonrpc':'2.0','method':'system.get_state','params':[{}],'id':7} | -32602 | 7",
            "{'jsonrpc':'2.0','method':'no.such','id':7} | -32601 | 7",
            "{'jsonrpc':'2.0','method':'','id':7} | -32601 | 7",
            "{'jsonrpc':'2.0','method':'System.Register','id':7} | -32601 | 7",
            "{'jsonrpc':'2.0','method':'rpc.no.such','id':7} | -32601 | 7",
            "{} | -32600 | null",
            "7 | -32600 | null",
            "null | -32600 | null",
            "'text' | -32600 | null",
            "[] | -32600 | null",
            "[] [] | -32700 | null",
            "{'jsonrpc': '2.0', 'method': 'foobar, 'params': 'bar', 'baz] | -32700 | null",
            "{'jsonrpc': '2.0', 'method': 1, 'params': 'bar'} | -32600 | null",
            "[{'jsonrpc': '2.0', 'method': 'sum', 'params': {}, 'id': '1'},{'jsonrpc' | -32700 | null"})
    void requestThatCannotBeCarriedOutGetsOneError(String request, int code, String id) {
        JsonNode response = rpc().read(json(request));
        assertThat(response.fieldNames()).toIterable().containsExactly("jsonrpc", "error", "id");
        assertThat(response.at("/error/code").intValue()).isEqualTo(code);
        assertThat(response.path("id")).hasToString(id);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ",'params':{}", ",'params':[]"})
    void paramsMayBeLeftOut(String params) {
        assertThat(rpc().read(json("{'jsonrpc':'2.0','method':'system.get_state','id':1" + params + "}"))
                .at("/result/version")).hasToString("0");
    }

    @Test
    void unknownMembersAreIgnored() {
        assertThat(rpc().text(json("""
                                   {'jsonrpc':'2.0','method':'system.register','trace':{'a':[1]},'id':1,
                                    'params':{'id':'w1','colour':{'r':[255]},'roles':[]}}""")))
                .isEqualTo(json("{'jsonrpc':'2.0','result':{'registered':true},'id':1}"));
    }

    @ParameterizedTest
    @CsvSource({"param,params", "PARAMS,params", "metod,method", "json_rpc,jsonrpc"})
    void memberThatLooksMisspeltIsNamed(String member, String meant) {
        assertThat(rpc().read(json("{'jsonrpc':'2.0','method':'system.get_state','id':1,'" + member + "':{'limit':1}}"))
                .at("/error")).isEqualTo(
                        Json.read(json("{'code':-32600,'message':'Invalid Request: `" + member
                                + "` is unknown; did you mean " + meant + "?'}").replace('`', '\'')));
    }

    @ParameterizedTest
    @ValueSource(strings = {"initialize", "tools/list"})
    void methodOfMcpIsTold(String method) {
        assertThat(rpc().read(json("{'jsonrpc':'2.0','method':'" + method + "','id':1}")).at("/error/message").asText())
                .isEqualTo("Method not found: '" + method + "'; MCP is at /mcp");
    }

    @Test
    void elementsOfABatchRunInOrderAndNotificationsGoUnanswered() {
        String answer = rpc().text(json(
                """
                [{'jsonrpc':'2.0','method':'system.register','params':{'id':'w1','roles':[],'sessionId':'first'}},
                 {'jsonrpc':'2.0','method':'system.register','params':{'id':'w1','roles':[],'sessionId':'late'},'id':1},
                 {'jsonrpc':'2.0','method':'system.register','params':{'id':'w1','roles':['x'],'sessionId':'first'},'id':'2'},
                 {'foo':'boo'},
                 {'jsonrpc':'2.0','method':'no.such'},
                 {'jsonrpc':'2.0','method':'system.register','params':[],'id':null}]"""));
        JsonNode responses = Json.read(answer);
        assertThat(responses).hasSize(4);
        assertThat(responses.get(0)).hasToString(json("{'jsonrpc':'2.0','result':{'registered':false},'id':1}"));
        assertThat(responses.get(1)).hasToString(json("{'jsonrpc':'2.0','result':{'registered':true},'id':'2'}"));
        assertThat(responses.get(2).at("/error/code").intValue()).isEqualTo(-32600);
        assertThat(responses.get(3).at("/error/code").intValue()).isEqualTo(-32602);
        assertThat(redis.hash(String.class).hget("cb:instance:w1", "roles")).isEqualTo("[\"x\"]");
    }

    @Test
    void everyElementThatIsNoRequestGetsAnErrorOfItsOwn() {
        JsonNode responses = rpc().read("[1,[],null]");
        assertThat(responses).hasSize(3).allSatisfy(response -> {
            assertThat(response.at("/error/code").intValue()).isEqualTo(-32600);
            assertThat(response.path("id").isNull()).isTrue();
        });
    }

    @Test
    void batchOfOneIsStillAnArray() {
        assertThat(rpc().text("[1]")).startsWith("[{").endsWith("}]");
    }

    @Test
    void longestBatchIsCarriedOut() {
        JsonNode responses = rpc().batch(registrations(50));
        assertThat(responses).hasSize(50);
        for (int i = 0; i < 50; i++) {
            assertThat(responses.get(i)).hasToString(
                    json("{'jsonrpc':'2.0','result':{'registered':true},'id':" + i + "}"));
        }
    }

    @Test
    void batchThatIsTooLongIsRefusedWhole() {
        JsonNode response = rpc().batch(registrations(51));
        assertThat(response.at("/error/code").intValue()).isEqualTo(-32600);
        assertThat(response.path("id").isNull()).isTrue();
        assertThat(keys()).isEmpty();
    }

    @Test
    void brokenBatchIsRefusedWhole() {
        JsonNode response = rpc().read("[" + registrations(1).get(0) + ",{]");
        assertThat(response.at("/error/code").intValue()).isEqualTo(-32700);
        assertThat(keys()).isEmpty();
    }

    @Test
    void unexpectedErrorShowsTheCallerOnlyItsErrorId() {
        assertThat(rpc("test.broken").response().toString())
                .matches(json("\\{'jsonrpc':'2.0','error':\\{'code':-32603,'message':'Internal error',"
                        + "'data':\\{'errorId':'[0-9a-f-]{36}'}},'id':1}"));
    }

    @Test
    void unexpectedErrorDoesNotAffectTheRestOfItsBatch() {
        JsonNode responses = rpc().batch(rpc("test.broken"), rpc("test.unwritable"),
                rpc("system.register").with("id", "w1").with("roles", List.of()));
        assertThat(responses).hasSize(3);
        assertThat(responses.get(1).at("/error/code").intValue()).isEqualTo(-32603);
        assertThat(responses.get(1).toString()).doesNotContain(FaultyMethods.SECRET).contains("errorId");
        assertThat(responses.get(2).at("/result/registered").booleanValue()).isTrue();
    }

    private List<Rpc.Call> registrations(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> rpc("system.register").with("id", "w" + i).with("roles", List.of()).withId(i))
                .toList();
    }
}
