package dev.claudebench.rpc;

import java.io.IOException;
import java.util.List;

import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;

import dev.claudebench.method.ErrorCode;
import dev.claudebench.method.ErrorData;
import dev.claudebench.method.Failure;
import dev.claudebench.method.Json;

/** What goes back for one request that has an id. */
sealed interface RpcResponse {

    RequestId id();

    /**
     * The outcome of a call that went well.
     *
     * @param json the value of the {@code result} member
     */
    record Result(RequestId id, String json) implements RpcResponse {}

    record Failed(RequestId id, ErrorCode code, String message, @Nullable ErrorData data) implements RpcResponse {
        static Failed of(RequestId id, Failure failure) {
            return new Failed(id, failure.code(), failure.text(), failure.data());
        }
    }

    /** About how long it is, in characters; 0 for none. */
    static int length(@Nullable RpcResponse response) {
        return response instanceof Result result ? result.json().length() : 0;
    }

    /** The body of a single call. */
    static byte[] json(RpcResponse response) {
        return write(List.of(response), false);
    }

    /** The body of a batch. */
    static byte[] json(List<RpcResponse> responses) {
        return write(responses, true);
    }

    private static byte[] write(List<RpcResponse> responses, boolean array) {
        try (ByteArrayBuilder bytes = new ByteArrayBuilder();
                JsonGenerator json = Json.MAPPER.createGenerator(bytes)) {
            if (array) {
                json.writeStartArray();
            }
            for (RpcResponse response : responses) {
                write(json, response);
            }
            if (array) {
                json.writeEndArray();
            }
            json.flush();
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new IllegalStateException("a response cannot be written as JSON", e);
        }
    }

    private static void write(JsonGenerator json, RpcResponse response) throws IOException {
        json.writeStartObject();
        json.writeStringField("jsonrpc", "2.0");
        if (response instanceof Result result) {
            json.writeFieldName("result");
            json.writeRawValue(result.json());
        } else if (response instanceof Failed error) {
            json.writeObjectFieldStart("error");
            json.writeNumberField("code", error.code().code());
            json.writeStringField("message", error.message());
            if (error.data() != null) {
                json.writePOJOField("data", error.data());
            }
            json.writeEndObject();
        }
        json.writeFieldName("id");
        json.writeRawValue(response.id().json());
        json.writeEndObject();
    }
}
