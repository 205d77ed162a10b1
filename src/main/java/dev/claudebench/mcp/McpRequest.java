package dev.claudebench.mcp;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.claudebench.method.Failure;
import dev.claudebench.rpc.RequestReader;
import dev.claudebench.rpc.RpcRequest;
import io.vertx.core.MultiMap;

/**
 * A message of a client. A request of the stateless revision names this revision in {@code params._meta}, and repeats what
 * proxies need in headers; requests of earlier revisions do neither.
 *
 * @param id JSON text; null for a notification
 * @param isStateless whether it is of the revision 2026-07-28, in which each request stands for itself
 */
record McpRequest(@Nullable String id, String method, ObjectNode params, boolean isStateless) {
    static final String STATELESS = "2026-07-28";
    /** The revisions that begin with {@code initialize}, the newest first. */
    static final List<String> INITIALIZED = List.of("2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05");
    static final List<String> VERSIONS = Stream.concat(Stream.of(STATELESS), INITIALIZED.stream()).toList();

    private static final String VERSION = "io.modelcontextprotocol/protocolVersion";
    private static final String CAPABILITIES = "io.modelcontextprotocol/clientCapabilities";
    private static final String VERSION_HEADER = "MCP-Protocol-Version";
    private static final String METHOD_HEADER = "Mcp-Method";
    private static final String NAME_HEADER = "Mcp-Name";
    /** The param that the header for the name repeats. */
    private static final Map<String, String> NAME_PARAMS = Map.of("tools/call", "name", "prompts/get", "name",
            "resources/read", "uri");
    /** Around the Base64 of a name that a header cannot hold. */
    private static final String ENCODED_BEGIN = "=?base64?";
    private static final String ENCODED_END = "?=";

    /** @throws McpException if the message is not valid, or its headers say something else */
    static McpRequest of(RequestReader.Body body, MultiMap headers) {
        if (body.batch()) {
            throw McpException.invalidRequest("batches are not part of the protocol, send one message");
        }
        RpcRequest request = body.requests().get(0);
        if (request.fault() != null) {
            Failure fault = request.fault();
            throw new McpException(McpException.BAD_REQUEST, fault.code().code(), fault.text(), Map.of());
        }
        if (request.params() == null) {
            throw McpException.invalidRequest("params must be an object");
        }
        if ("null".equals(request.id())) {
            throw McpException.invalidRequest("id must be a string or a number");
        }
        JsonNode meta = request.params().path("_meta");
        boolean isStateless = meta.has(VERSION)
                ? checkEnvelope(request, meta, headers)
                : checkWithoutEnvelope(request, headers);
        return new McpRequest(request.id(), request.method(), request.params(), isStateless);
    }

    /** Checks a message that names its revision. */
    private static boolean checkEnvelope(RpcRequest request, JsonNode meta, MultiMap headers) {
        String version = meta.get(VERSION).textValue();
        boolean isNotification = request.id() == null;
        if (version == null) {
            throw McpException.invalidParams(McpException.BAD_REQUEST, "_meta: " + VERSION + " must be a string");
        }
        if (!isNotification && !meta.path(CAPABILITIES).isObject()) {
            throw McpException.invalidParams(McpException.BAD_REQUEST, "_meta: " + CAPABILITIES + " must be an object");
        }
        checkHeader(headers, VERSION_HEADER, version, true);
        checkHeader(headers, METHOD_HEADER, request.method(), true);
        if (!version.equals(STATELESS)) {
            throw McpException.unsupportedVersion(version);
        }
        if (!isNotification) {
            checkHeader(headers, VERSION_HEADER, version, false);
            checkHeader(headers, METHOD_HEADER, request.method(), false);
            checkName(request, headers);
        }
        return true;
    }

    private static boolean checkWithoutEnvelope(RpcRequest request, MultiMap headers) {
        String version = header(headers, VERSION_HEADER);
        boolean isInitialize = request.method().equals("initialize");
        // Revisions are dates.
        if (version != null && version.compareTo(STATELESS) >= 0) {
            if (isInitialize) {
                throw McpException.headerMismatch(VERSION_HEADER, "names a revision without initialize");
            }
            if (request.id() != null) {
                throw McpException.invalidParams(McpException.BAD_REQUEST, "_meta: " + VERSION + " is missing");
            }
            checkHeader(headers, METHOD_HEADER, request.method(), true);
            return true;
        }
        if (version != null && !isInitialize && !INITIALIZED.contains(version)) {
            throw McpException.unsupportedVersion(version);
        }
        return false;
    }

    private static void checkHeader(MultiMap headers, String name, String value, boolean isOptional) {
        String header = header(headers, name);
        if (header == null ? !isOptional : !header.equals(value)) {
            throw McpException.headerMismatch(name,
                    header == null ? "is missing" : "says something else than the body");
        }
    }

    private static void checkName(RpcRequest request, MultiMap headers) {
        String param = NAME_PARAMS.get(request.method());
        String name = param == null ? null : Objects.requireNonNull(request.params()).path(param).textValue();
        String header = header(headers, NAME_HEADER);
        if (name != null && (header == null || !name.equals(decoded(header)))) {
            throw McpException.headerMismatch(NAME_HEADER,
                    header == null ? "is missing" : "says something else than params." + param);
        }
    }

    /** Returns null for text that is not Base64. */
    private static @Nullable String decoded(String header) {
        if (!header.startsWith(ENCODED_BEGIN) || !header.endsWith(ENCODED_END)) {
            return header;
        }
        try {
            return new String(Base64.getDecoder()
                    .decode(header.substring(ENCODED_BEGIN.length(), header.length() - ENCODED_END.length())), UTF_8);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** Returns null if there is none, and all of them if there are several, so that they match nothing. */
    private static @Nullable String header(MultiMap headers, String name) {
        List<String> values = headers.getAll(name);
        return values.isEmpty() ? null : String.join(", ", values);
    }

    /**
     * Returns a param that is a string.
     *
     * @throws McpException if it is missing or something else
     */
    String text(String param) {
        String text = params.path(param).textValue();
        if (text == null) {
            throw McpException.invalidParams(McpException.OK, param + " must be a string");
        }
        return text;
    }

    /** Returns the arguments, empty if there are none. */
    ObjectNode arguments() {
        JsonNode arguments = params.path("arguments");
        if (!arguments.isMissingNode() && !arguments.isNull() && !arguments.isObject()) {
            throw McpException.invalidParams(McpException.OK, "arguments must be an object");
        }
        return arguments instanceof ObjectNode object ? object : params.objectNode();
    }
}
