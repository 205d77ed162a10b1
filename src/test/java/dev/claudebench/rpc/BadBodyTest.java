package dev.claudebench.rpc;

import static dev.claudebench.support.Rpc.json;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.method.Json;
import dev.claudebench.support.FleetTest;
import io.quarkus.test.junit.QuarkusTest;

/** Hostile bodies: each is answered as documented, changes nothing, and does the service no harm. */
@QuarkusTest
class BadBodyTest extends FleetTest {
    private static final String REGISTER = "{'jsonrpc':'2.0','method':'system.register','id':1,"
            + "'params':{'id':'w1','roles':[],'metadata':{'a':%s}}}";

    @AfterEach
    void nextGoodCallWorks() {
        register("w1", "");
        assertThat(state().get("instances").findValuesAsText("id")).contains("w1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"%s", "{'jsonrpc':'2.0','method':'system.register','params':%s,'id':1}",
            "{'jsonrpc':'2.0','method':'system.register','params':{'id':%s,'roles':[]},'id':1}",
            "{'jsonrpc':'2.0','method':'system.register','params':{'id':'w1','roles':%s},'id':1}",
            "{'jsonrpc':'2.0','method':'system.register','params':{'id':'w1','roles':[],'metadata':%s},'id':1}",
            "{'jsonrpc':'2.0','method':'system.register','params':{'id':'w1','roles':[],'more':%s},'id':1}",
            "{'jsonrpc':'2.0','method':'system.register','params':{'id':'w1','roles':[]},'id':%s}",
            "{'jsonrpc':'2.0','method':%s,'id':1}", "{'jsonrpc':'2.0','method':'system.register','more':%s,'id':1}",
            "[1,%s]"})
    void nestingTooDeepIsAParseError(String template) {
        for (String nested : List.of("[".repeat(10_000) + "]".repeat(10_000),
                "{'a':".repeat(10_000) + "1" + "}".repeat(10_000), "[".repeat(500_000))) {
            JsonNode error = assertRefused(json(template.replace("%s", nested)).getBytes(UTF_8), -32700);
            assertThat(error.path("message").textValue()).contains("nested deeper than 100 levels");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "{'jsonrpc':'2.0','method':'no.such','id':1,'id':1} | id",
            "{'jsonrpc':'2.0','method':'no.such','method':'system.register','id':1} | method",
            "{'jsonrpc':'2.0','jsonrpc':'2.0','method':'no.such','id':1} | jsonrpc",
            "{'jsonrpc':'2.0','method':'no.such','params':{},'params':{},'id':1} | params",
            "{'jsonrpc':'2.0','method':'no.such','more':1,'mor\\u0065':2,'id':1} | more",
            "{'jsonrpc':'2.0','method':'system.register','params':{'id':'a','roles':[],'id':'a'},'id':1} | params.id",
            "{'jsonrpc':'2.0','method':'system.register','params':{'roles':[],'metadata':{'b':1,'b':1}},'id':1} | params.metadata.b",
            "[{'jsonrpc':'2.0','method':'system.register','params':{'id':'w1','roles':[]}},{'a':1,'a':1}] | a"})
    void memberGivenTwiceIsAParseErrorThatNamesIt(String request, String member) {
        assertThat(assertRefused(json(request).getBytes(UTF_8), -32700).path("message").textValue())
                .endsWith("a member is given twice at " + member);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "{", "[", "]", "{'jsonrpc'", "nul", "tru", "[{},]", "[,]", "{,}",
            "{'jsonrpc':'2.0','method':'system.register','params':{'id':'w1','roles':[]},'id':1",
            "{'jsonrpc':'2.0','method':'system.register','params':{'id':'w1','roles':[]},'id':1}}",
            "{'jsonrpc':'2.0','method':'system.register','params':{'id':'w1','roles':[]},'id':1} x",
            "{'jsonrpc':'2.0','method':'system.register','params':{'id':'w1','roles':[]},'id':1}{}",
            "{'jsonrpc':'2.0','method':'system.register','params':{'id':'w1','roles':[]},'id':1,}",
            "{'jsonrpc':'2.0','method':'system.register','params':{'id':'w1','roles':[,]},'id':1}",
            "{'jsonrpc':'2.0','method':'system.register','params':{'id':'w1\n','roles':[]},'id':1}",
            "{'jsonrpc':'2.0','method':'system.register','params':{'id':'w1\0','roles':[]},'id':1}",
            "{'jsonrpc':'2.0','method':'system.register','params':{'id':'\\x','roles':[]},'id':1}",
            "{'jsonrpc':'2.0','method':'system.register','params':{'id':'\\u12','roles':[]},'id':1}",
            "{jsonrpc:'2.0','method':'system.register','params':{'id':'w1','roles':[]},'id':1}",
            "/* */{'jsonrpc':'2.0','method':'system.register','params':{'id':'w1','roles':[]},'id':1}",
            "{'jsonrpc':'2.0','method':'system.register','params':{'id':'w1','roles':[]},'id':1} // x",
            "# x\n{'jsonrpc':'2.0','method':'system.register','params':{'id':'w1','roles':[]},'id':1}"})
    void textThatIsNoJsonIsAParseError(String body) {
        assertRefused(json(body).getBytes(UTF_8), -32700);
    }

    @ParameterizedTest
    @ValueSource(strings = {"NaN", "Infinity", "-Infinity", "01", "-01", "+1", ".5", "5.", "1e", "0x10", "1_000", "--1",
            "1e99999999999", "1.0E+2147483648", "1e-99999999999", "True", "undefined", "`x`"})
    void invalidNumberIsAParseError(String number) {
        assertRefused(json(REGISTER.formatted(number)).getBytes(UTF_8), -32700);
    }

    static Stream<byte[]> notUtf8() {
        String request = json(REGISTER.formatted("'é'"));
        return Stream.of(request.getBytes(ISO_8859_1), request.getBytes(UTF_16), request.getBytes(UTF_16LE),
                spliced(0xC0, 0xAF), spliced(0xE0, 0x80, 0xAF), spliced(0xED, 0xA0, 0x80),
                spliced(0xF4, 0x90, 0x80, 0x80),
                spliced(0xFF), spliced(0x80), spliced(0xE2, 0x82), ("\ufeff\ufeff" + request).getBytes(UTF_8));
    }

    @ParameterizedTest
    @MethodSource("notUtf8")
    void bodyIsPlainUtf8(byte[] body) {
        assertRefused(body, -32700);
    }

    @ParameterizedTest
    @CsvSource({"'\"', x, 2000, -32600", "'\"', x, 900000, -32600", "'\"', é, 400000, -32600", "'', 7, 2000, -32700",
            "'', 7, 500000, -32700", "1., 7, 500000, -32700", "1e, 7, 500000, -32700"})
    void hugeIdIsRefusedAndNotEchoed(String open, String digit, int length, int code) {
        String id = open + digit.repeat(length) + (open.equals("\"") ? open : "");
        String body = json("{'jsonrpc':'2.0','method':'system.register','params':{'id':'w1','roles':[]},'id':") + id
                + "}";
        assertRefused(body.getBytes(UTF_8), code);
    }

    @ParameterizedTest
    @CsvSource({"7, 500000", "1., 500000", "1e, 500000", "-1.5e-, 2000"})
    void hugeNumberIsAParseErrorThatNamesThePlace(String start, int length) {
        JsonNode error = assertRefused(json(REGISTER.formatted(start + "7".repeat(length))).getBytes(UTF_8), -32700);
        assertThat(error.path("message").textValue()).contains("params.metadata.a");
    }

    @ParameterizedTest
    @ValueSource(ints = {1_000, 60_000, 900_000})
    void hugeMemberNameIsNotEchoed(int length) {
        String name = "n".repeat(length);
        String body = json("{'jsonrpc':'2.0','method':'no.such','id':1,'" + name + "':1,'" + name + "':2}");
        assertRefused((length > 500_000 ? body.substring(0, 1_000_000) : body).getBytes(UTF_8), -32700);
    }

    /** Numbers that are legal but absurd are kept as they are or refused; either way the state stays readable. */
    @ParameterizedTest
    @ValueSource(strings = {"1e999999999", "-1e-999999999", "1e2147483647", "10e2147483647", "0.1e-2147483647",
            "0e999999999", "1e400", "123456789e-400"})
    void numberWithAHugeExponentIsHandled(String number) {
        for (String method : List.of("'system.register','params':{'id':'w2','roles':[],",
                "'task.create','params':{'text':'t',")) {
            JsonNode response = rpc()
                    .read(json("{'jsonrpc':'2.0','id':1,'method':" + method + "'metadata':{'a':" + number + "}}}"));
            int code = response.at("/error/code").intValue();
            assertThat(code).as(response.toString()).isIn(0, -32602, -32700);
        }
    }

    private JsonNode assertRefused(byte[] body, int code) {
        String answer = rpc().text(body);
        JsonNode response = Json.read(answer);
        assertThat(response.at("/error/code").intValue()).as(answer).isEqualTo(code);
        assertThat(response.path("id").isNull()).isTrue();
        assertThat(answer).hasSizeLessThan(400).doesNotContain("java", "jackson", "Exception");
        assertThat(keys()).isEmpty();
        return response.path("error");
    }

    /** A request whose id holds these bytes. */
    private static byte[] spliced(int... bytes) {
        String latin = "";
        for (int b : bytes) {
            latin += (char) b;
        }
        return json(REGISTER.formatted("'" + latin + "'")).getBytes(ISO_8859_1);
    }
}
