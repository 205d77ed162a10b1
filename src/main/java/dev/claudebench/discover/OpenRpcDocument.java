package dev.claudebench.discover;

import java.nio.charset.StandardCharsets;

import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;

import dev.claudebench.method.Json;
import io.quarkus.runtime.annotations.RegisterForReflection;

/** The OpenRPC document of the service, serialized once. */
@RegisterForReflection
final class OpenRpcDocument {
    static final String OPENRPC_VERSION = "1.3.2";
    static final String META_SCHEMA = "https://meta.open-rpc.org/";

    private final RawValue raw;
    private final byte[] bytes;

    OpenRpcDocument(ObjectNode document) {
        String json = Json.text(document);
        this.raw = Json.raw(json);
        this.bytes = json.getBytes(StandardCharsets.UTF_8);
    }

    @JsonValue
    RawValue raw() {
        return raw;
    }

    /** The document in UTF-8. The caller must not change the array. */
    byte[] bytes() {
        return bytes;
    }
}
