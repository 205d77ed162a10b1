package dev.claudebench.discover;

import java.nio.charset.StandardCharsets;

import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.util.RawValue;

import dev.claudebench.method.Json;
import io.quarkus.runtime.annotations.RegisterForReflection;

/** The OpenRPC document of the service, as JSON text. */
@RegisterForReflection
record OpenRpcDocument(String json) {
    static final String OPENRPC_VERSION = "1.3.2";
    static final String META_SCHEMA = "https://meta.open-rpc.org/";

    @JsonValue
    RawValue raw() {
        return Json.raw(json);
    }

    /** The text in UTF-8. */
    byte[] bytes() {
        return json.getBytes(StandardCharsets.UTF_8);
    }
}
