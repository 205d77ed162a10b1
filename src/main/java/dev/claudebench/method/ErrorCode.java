package dev.claudebench.method;

import org.jspecify.annotations.Nullable;

/**
 * The error codes of the service. The first five are defined by JSON-RPC 2.0, section 5.1; the others are in the range that
 * it reserves for servers. Do not use -32020 to -32099: the Model Context Protocol reserves them.
 */
public enum ErrorCode {
    PARSE_ERROR(-32700, "Parse error", null),
    INVALID_REQUEST(-32600, "Invalid Request", null),
    METHOD_NOT_FOUND(-32601, "Method not found", null),
    INVALID_PARAMS(-32602, "Invalid params", ErrorData.Violations.class),
    INTERNAL_ERROR(-32603, "Internal error", ErrorData.ErrorId.class),
    RATE_LIMITED(-32000, "Rate limit exceeded", ErrorData.RateLimit.class),
    CIRCUIT_OPEN(-32001, "Circuit breaker open", ErrorData.RetryAfter.class),
    UNAUTHENTICATED(-32002, "Unauthenticated", null),
    FORBIDDEN(-32003, "Forbidden", ErrorData.Denied.class),
    UNAVAILABLE(-32004, "Redis unavailable", ErrorData.NotServed.class);

    private final int code;
    private final String message;
    private final @Nullable Class<? extends ErrorData> dataType;

    ErrorCode(int code, String message, @Nullable Class<? extends ErrorData> dataType) {
        this.code = code;
        this.message = message;
        this.dataType = dataType;
    }

    public int code() {
        return code;
    }

    public String message() {
        return message;
    }

    /** The type of {@code data}, null for an error without. {@link Failure.Refused} has an {@link ErrorData.Reason} instead. */
    public @Nullable Class<? extends ErrorData> dataType() {
        return dataType;
    }
}
