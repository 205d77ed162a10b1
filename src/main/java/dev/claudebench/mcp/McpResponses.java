package dev.claudebench.mcp;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

import jakarta.enterprise.context.ApplicationScoped;

import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.core.io.JsonStringEncoder;

import dev.claudebench.method.Json;

/** Writes responses: JSON text in UTF-8, in parts. Results of the stateless revision have members that others do not need. */
@ApplicationScoped
class McpResponses {
    private static final byte[] END = text("}}");

    private final Map<String, String> server;
    private final Map<Cache, byte[]> stateless = new EnumMap<>(Cache.class);

    /** For how long, and for whom, clients may keep a result. */
    enum Cache {
        NOT_CACHEABLE(""),
        CHANGES("\"ttlMs\":0,\"cacheScope\":\"private\","),
        /** The same for all callers until another release is started. */
        LASTS("\"ttlMs\":300000,\"cacheScope\":\"public\",");

        private final String members;

        Cache(String members) {
            this.members = members;
        }
    }

    McpResponses(@ConfigProperty(name = "quarkus.application.version") String version) {
        server = Map.of("name", "claudebench", "title", "ClaudeBench coordinator", "version", version);
        for (Cache cache : Cache.values()) {
            stateless.put(cache, text("\"resultType\":\"complete\",\"_meta\":{\"io.modelcontextprotocol/serverInfo\":"
                    + Json.text(server) + "}," + cache.members));
        }
    }

    /** The name and version of the service. */
    Map<String, String> server() {
        return server;
    }

    /** Returns the response to a request that succeeded. */
    List<byte[]> result(McpRequest request, Cache cache, byte[]... members) {
        List<byte[]> parts = new ArrayList<>(members.length + 3);
        parts.add(text("{\"jsonrpc\":\"2.0\",\"id\":" + request.id() + ",\"result\":{"));
        if (request.isStateless()) {
            parts.add(stateless.get(cache));
        }
        parts.addAll(Arrays.asList(members));
        parts.add(END);
        return parts;
    }

    /**
     * Returns the response to a request that failed.
     *
     * @param id JSON text, null if it is not known
     * @param data left out if it is null
     */
    static byte[] error(@Nullable String id, int code, String message, @Nullable Object data) {
        return text("{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"error\":{\"code\":" + code + ",\"message\":"
                + Json.text(message) + (data == null ? "" : ",\"data\":" + Json.text(data)) + "}}");
    }

    /** Returns the members of an object, without the braces around them. */
    static byte[] members(Object object) {
        byte[] json = Json.bytes(object);
        return Arrays.copyOfRange(json, 1, json.length - 1);
    }

    /** Returns JSON text as the content of a JSON string. */
    static byte[] quoted(byte[] json) {
        return JsonStringEncoder.getInstance().quoteAsUTF8(new String(json, UTF_8));
    }

    static byte[] text(String text) {
        return text.getBytes(UTF_8);
    }
}
