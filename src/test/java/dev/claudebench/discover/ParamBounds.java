package dev.claudebench.discover;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.stream.StreamSupport;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.claudebench.support.FleetTest;

/** The bounds that a description of the methods has are those that the service checks: no narrower and no wider. */
abstract class ParamBounds extends FleetTest {
    private static final Set<String> REPORTS = Set.of("task.complete", "task.progress", "task.release");

    private OpenRpc document = new OpenRpc(MissingNode.getInstance());

    @BeforeEach
    void discover() {
        document = new OpenRpc(describe());
    }

    /** Returns an OpenRPC document that has the described bounds. */
    abstract JsonNode describe();

    /** Calls a method. Returns its result or error, as a member of that name. */
    abstract JsonNode response(String method, ObjectNode params);

    @Test
    void valuesOutsideTheBoundsAreRefused() {
        for (JsonNode method : document.methods()) {
            for (JsonNode param : method.get("params")) {
                String name = param.get("name").textValue();
                for (Bounds.Probe probe : new Bounds(param.get("schema")).outside()) {
                    if (!probe.bound().equals(Schemas.MAX_BYTES)) {
                        assertThat(document.violations(param.get("schema"), probe.value()))
                                .as("%s of %s: %s", name, method.get("name"), probe)
                                .isNotEmpty();
                    }
                    assertRefused(method, with(method, name, probe.value()), name + probe.field());
                }
            }
        }
    }

    @Test
    void valuesAtTheBoundsAreAccepted() {
        for (JsonNode method : document.methods()) {
            for (JsonNode param : method.get("params")) {
                String name = param.get("name").textValue();
                for (Bounds.Probe probe : new Bounds(param.get("schema")).inside()) {
                    assertThat(document.violations(param.get("schema"), probe.value()))
                            .as("%s of %s: %s", name, method.get("name"), probe)
                            .isEmpty();
                    if (probe.value().isNull()) {
                        continue;
                    }
                    JsonNode response = call(method, with(method, name, probe.value()));
                    assertThat(response.has("result") || response.at("/error/data").has("reason"))
                            .as("%s of %s: %s %s", name, method.get("name"), probe, response)
                            .isTrue();
                }
            }
        }
    }

    @Test
    void nullMeansLeftOut() {
        for (JsonNode method : document.methods()) {
            for (JsonNode param : method.get("params")) {
                String name = param.get("name").textValue();
                if (document.violations(param.get("schema"), NullNode.getInstance()).isEmpty()) {
                    ObjectNode params = with(method, name, NullNode.getInstance());
                    JsonNode withNull = call(method, params);
                    assertThat(withNull.path("error")).as(name)
                            .isEqualTo(call(method, params.deepCopy().without(name)).path("error"));
                }
            }
        }
    }

    @Test
    void onlyOptionalParamsMayBeLeftOut() {
        for (JsonNode method : document.methods()) {
            ObjectNode params = OpenRpc.paramsOf(method.at("/examples/0"));
            for (JsonNode param : method.get("params")) {
                String name = param.get("name").textValue();
                if (param.get("required").booleanValue()) {
                    assertRefused(method, params.deepCopy().without(name), name);
                } else if (!REPORTS.contains(method.get("name").textValue())) {
                    // rules for several params are in the description only
                    params.remove(name);
                }
            }
            assertThat(call(method, params).at("/error/data").has("violations")).isFalse();
        }
    }

    /** An example of the method that has this param, with another value in it; or else any example, with the param. */
    private static ObjectNode with(JsonNode method, String param, JsonNode value) {
        ObjectNode params = StreamSupport.stream(method.get("examples").spliterator(), false)
                .map(OpenRpc::paramsOf)
                .filter(example -> example.hasNonNull(param))
                .findFirst()
                .orElseGet(() -> OpenRpc.paramsOf(method.at("/examples/0")));
        return params.set(param, value);
    }

    private void assertRefused(JsonNode method, ObjectNode params, String field) {
        JsonNode response = call(method, params);
        assertThat(response.at("/error/data/violations").findValuesAsText("field"))
                .as("%s %s: %s", method.get("name"), params, response)
                .isNotEmpty()
                .containsOnly(field);
    }

    private JsonNode call(JsonNode method, ObjectNode params) {
        return response(method.get("name").textValue(), params);
    }
}
