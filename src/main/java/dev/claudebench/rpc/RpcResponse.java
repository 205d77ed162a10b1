package dev.claudebench.rpc;

import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.annotation.JsonRawValue;

import dev.claudebench.method.ErrorCode;
import dev.claudebench.method.ErrorData;
import io.quarkus.runtime.annotations.RegisterForReflection;

/**
 * The response to one request that has an id.
 *
 * @param result JSON text, null for an error
 * @param error null for a result
 * @param id JSON text
 */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonPropertyOrder({"jsonrpc", "result", "error", "id"})
record RpcResponse(String jsonrpc, @JsonRawValue @Nullable String result, @Nullable ErrorObject error,
        @JsonRawValue String id) {

    @JsonInclude(JsonInclude.Include.NON_NULL)
    record ErrorObject(int code, String message, @Nullable ErrorData data) {}

    static RpcResponse ofResult(String id, String result) {
        return new RpcResponse("2.0", result, null, id);
    }

    static RpcResponse ofError(String id, ErrorCode code, String message, @Nullable ErrorData data) {
        return new RpcResponse("2.0", null, new ErrorObject(code.code(), message, data), id);
    }
}
