package dev.claudebench.discover;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.quarkus.test.junit.QuarkusTest;

/** The bounds of the OpenRPC document. */
@QuarkusTest
class DocumentedBoundsTest extends ParamBounds {
    @Override
    JsonNode describe() {
        return rpc("rpc.discover").result();
    }

    @Override
    JsonNode response(String method, ObjectNode params) {
        return rpc(method).params(params).response();
    }
}
