package dev.claudebench.rpc;

import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.annotation.JsonRawValue;

import dev.claudebench.method.ErrorCode;
import dev.claudebench.method.ErrorData;
import dev.claudebench.method.Failure;
import io.quarkus.runtime.annotations.RegisterForReflection;

/**
 * The response to a request that failed.
 *
 * @param id JSON text
 */
@RegisterForReflection
@JsonPropertyOrder({"jsonrpc", "error", "id"})
public record RpcError(String jsonrpc, ErrorObject error, @JsonRawValue String id) {

    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record ErrorObject(int code, String message, @Nullable ErrorData data) {}

    public static RpcError of(String id, Failure failure) {
        return of(id, failure.code(), failure.text(), failure.data());
    }

    static RpcError of(String id, ErrorCode code, String message, @Nullable ErrorData data) {
        return new RpcError("2.0", new ErrorObject(code.code(), message, data), id);
    }
}
