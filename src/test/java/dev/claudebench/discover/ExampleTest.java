package dev.claudebench.discover;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.claudebench.method.Json;
import dev.claudebench.support.FleetTest;
import dev.claudebench.support.Mcp;
import io.quarkus.test.junit.QuarkusTest;

/** Each example in the document is called, in the order of their numbers, and must have the result that the document gives. */
@QuarkusTest
class ExampleTest extends FleetTest {
    private static final String UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";
    private static final String MILLIS = "1[0-9]{12}";
    private static final Pattern ID = Pattern.compile(UUID + "|(?<=\"claim\":)" + MILLIS);

    /** The documented ids of tasks, and numbers of claims, to those that the service made. */
    private final Map<String, String> ids = new HashMap<>();

    record Step(int number, String method, JsonNode example) {}

    private static List<Step> story(OpenRpc document) {
        List<Step> story = new ArrayList<>();
        for (JsonNode method : document.methods()) {
            for (JsonNode example : method.get("examples")) {
                String number = example.get("name").textValue().split("\\.", 2)[0];
                story.add(new Step(Integer.parseInt(number), method.get("name").textValue(), example));
            }
        }
        story.sort(Comparator.comparingInt(Step::number));
        return story;
    }

    @Test
    void everyExampleHasItsResult() {
        OpenRpc document = new OpenRpc(rpc("rpc.discover").result());
        List<Step> story = story(document);
        assertThat(story).extracting(Step::method)
                .containsAll(document.methods().stream().map(method -> method.get("name").textValue()).toList());
        for (Step step : story) {
            check(document, step, (method, params) -> rpc(method).params(params).result());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void everyExampleHasTheSameResultAsATool(boolean isStateless) {
        OpenRpc document = new OpenRpc(rpc("rpc.discover").result());
        Mcp mcp = new Mcp(rpc(), isStateless);
        Map<String, JsonNode> tools = new HashMap<>();
        mcp.result("tools/list").get("tools").forEach(tool -> tools.put(tool.get("name").textValue(), tool));
        for (Step step : story(document)) {
            check(document, step, (method, params) -> {
                JsonNode tool = Objects.requireNonNull(tools.get(method.replace('.', '_')), method);
                JsonNode result = mcp.response(method, params).get("result");
                assertThat(document.violations(tool.get("inputSchema"), params)).as(method).isEmpty();
                assertThat(document.violations(tool.get("outputSchema"), result)).as(method).isEmpty();
                return result;
            });
        }
    }

    private void check(OpenRpc document, Step step, BiFunction<String, JsonNode, JsonNode> call) {
        String name = step.example().get("name").textValue();
        JsonNode method = document.method(step.method());
        JsonNode params = withRealIds(OpenRpc.paramsOf(step.example()));
        assertThat(document.violations(document.paramsSchema(method), params)).as(name).isEmpty();

        JsonNode result = call.apply(step.method(), params);
        assertThat(document.violations(method.at("/result/schema"), result)).as(name).isEmpty();

        JsonNode documented = step.example().at("/result/value");
        assertThat(document.violations(method.at("/result/schema"), documented)).as(name).isEmpty();
        if (step.method().equals("rpc.discover")) {
            assertThat(documented).as(name).isEqualTo(beginningOf(result));
        } else if (step.method().equals("system.version")) {
            assertThat(result.fieldNames()).toIterable().as(name).containsExactlyElementsOf(documented::fieldNames);
        } else {
            learnIds(documented, result);
            assertThat(withoutTimes(result)).as(name).isEqualTo(withoutTimes(withRealIds(documented)));
        }
    }

    /** As far as a document can hold itself. */
    private static JsonNode beginningOf(JsonNode document) {
        ObjectNode beginning = ((ObjectNode) document.deepCopy()).without("components");
        beginning.putArray("methods");
        return beginning;
    }

    /** Takes the ids that stand at the same places, of which the first time decides. */
    private void learnIds(JsonNode documented, JsonNode actual) {
        Matcher from = ID.matcher(documented.toString());
        Matcher to = ID.matcher(actual.toString());
        while (from.find() && to.find()) {
            ids.putIfAbsent(from.group(), to.group());
        }
    }

    private JsonNode withRealIds(JsonNode documented) {
        String text = documented.toString();
        for (Map.Entry<String, String> id : ids.entrySet()) {
            text = text.replace(id.getKey(), id.getValue());
        }
        return Json.read(text);
    }

    private static JsonNode withoutTimes(JsonNode value) {
        return Json.read(value.toString()
                .replaceAll("\"" + MILLIS + "-\\d+\"", "\"(event)\"")
                .replaceAll("\\b" + MILLIS + "\\b", "\"(time)\""));
    }
}
