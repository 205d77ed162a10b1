package dev.claudebench.discover;

import java.nio.charset.StandardCharsets;

import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;

import dev.claudebench.method.Json;
import io.quarkus.runtime.annotations.RegisterForReflection;

/** What the service says of itself. It is written once, and handed out as it stands. */
@RegisterForReflection
final class OpenRpcDocument {
    /** The version of OpenRPC. */
    static final String OPENRPC = "1.3.2";
    /** What every such document conforms to. */
    static final String META_SCHEMA = "https://meta.open-rpc.org/";

    private final RawValue raw;
    private final byte[] bytes;

    OpenRpcDocument(ObjectNode document) {
        String json = Json.text(document);
        this.raw = Json.raw(json);
        this.bytes = json.getBytes(StandardCharsets.UTF_8);
    }

    /** For a result that holds the document. */
    @JsonValue
    RawValue raw() {
        return raw;
    }

    /** In UTF-8, for the body of a response. */
    byte[] bytes() {
        return bytes;
    }
}
