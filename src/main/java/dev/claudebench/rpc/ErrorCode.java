package dev.claudebench.rpc;

/**
 * The error codes of the service, and their only owner. The first five are those of the JSON-RPC 2.0 specification,
 * section 5.1; the others lie in the range that it leaves to servers. -32020 to -32099 stay unused, since the Model
 * Context Protocol reserves them.
 */
public enum ErrorCode {
    PARSE_ERROR(-32700, "Parse error"),
    INVALID_REQUEST(-32600, "Invalid Request"),
    METHOD_NOT_FOUND(-32601, "Method not found"),
    INVALID_PARAMS(-32602, "Invalid params"),
    INTERNAL_ERROR(-32603, "Internal error"),
    RATE_LIMITED(-32000, "Rate limit exceeded"),
    CIRCUIT_OPEN(-32001, "Circuit breaker open"),
    UNAUTHORIZED(-32002, "Unauthorized"),
    UNAVAILABLE(-32004, "Redis unavailable");

    private final int code;
    private final String message;

    ErrorCode(int code, String message) {
        this.code = code;
        this.message = message;
    }

    /** The number that goes into the response. */
    public int code() {
        return code;
    }

    /** The text that goes into the response where nothing more exact is known. */
    public String message() {
        return message;
    }
}
