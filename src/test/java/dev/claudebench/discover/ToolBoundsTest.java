package dev.claudebench.discover;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.quarkus.test.junit.QuarkusTest;

/** The bounds of the tools of MCP: each schema takes and refuses what the call of the tool does. */
@QuarkusTest
class ToolBoundsTest extends ParamBounds {

    /** Returns the OpenRPC document with the params of the tools. */
    @Override
    JsonNode describe() {
        Map<String, JsonNode> schemas = new HashMap<>();
        for (JsonNode tool : mcp().result("tools/list").get("tools")) {
            schemas.put(tool.get("name").textValue(), tool.get("inputSchema"));
        }
        JsonNode document = rpc("rpc.discover").result();
        for (JsonNode method : document.get("methods")) {
            JsonNode schema = Objects.requireNonNull(schemas.get(method.get("name").textValue().replace('.', '_')));
            ArrayNode params = ((ObjectNode) method).putArray("params");
            schema.get("properties")
                    .properties()
                    .forEach(property -> params.addObject()
                            .put("name", property.getKey())
                            .put("required",
                                    schema.path("required").toString().contains("\"" + property.getKey() + "\""))
                            .set("schema", ((ObjectNode) property.getValue()).without("description")));
        }
        return document;
    }

    @Override
    JsonNode response(String method, ObjectNode params) {
        return mcp().response(method, params);
    }
}
