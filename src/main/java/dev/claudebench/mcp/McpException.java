package dev.claudebench.mcp;

import java.util.Map;

import org.jspecify.annotations.Nullable;

import dev.claudebench.method.ErrorCode;
import dev.claudebench.method.Spelling;

/** A request that is answered with a protocol error. Codes below -32019 are those of the Model Context Protocol. */
final class McpException extends RuntimeException {
    static final int OK = 200;
    static final int BAD_REQUEST = 400;
    private static final int NOT_FOUND = 404;
    private static final int HEADER_MISMATCH = -32020;
    private static final int UNSUPPORTED_VERSION = -32022;

    private final int status;
    private final int code;
    private final transient Map<String, ?> data;

    /**
     * @param status of the HTTP response
     * @param data the {@code data} member of the error, empty for none
     */
    McpException(int status, int code, String message, Map<String, ?> data) {
        super(message, null, false, false);
        this.status = status;
        this.code = code;
        this.data = data;
    }

    static McpException invalidRequest(String message) {
        return new McpException(BAD_REQUEST, ErrorCode.INVALID_REQUEST.code(), "Invalid Request: " + message, Map.of());
    }

    static McpException invalidParams(int status, String message) {
        return new McpException(status, ErrorCode.INVALID_PARAMS.code(), "Invalid params: " + message, Map.of());
    }

    static McpException headerMismatch(String header, String message) {
        return new McpException(BAD_REQUEST, HEADER_MISMATCH, "Header mismatch: " + header + " " + message,
                Map.of("header", header));
    }

    static McpException unsupportedVersion(String requested) {
        return new McpException(BAD_REQUEST, UNSUPPORTED_VERSION, "Unsupported protocol version",
                Map.of("supported", McpRequest.VERSIONS, "requested", requested));
    }

    /** Only the stateless revision gives unknown methods a status of their own. */
    static McpException methodNotFound(McpRequest request) {
        return new McpException(request.isStateless() ? NOT_FOUND : OK, ErrorCode.METHOD_NOT_FOUND.code(),
                ErrorCode.METHOD_NOT_FOUND.message() + ": '" + Spelling.shown(request.method()) + "'", Map.of());
    }

    int status() {
        return status;
    }

    /** Returns the error response to a request. The id is JSON text, null if it is not known. */
    byte[] response(@Nullable String id) {
        return McpResponses.error(id, code, String.valueOf(getMessage()), data.isEmpty() ? null : data);
    }
}
