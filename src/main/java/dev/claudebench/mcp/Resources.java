package dev.claudebench.mcp;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import jakarta.enterprise.context.ApplicationScoped;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.claudebench.mcp.McpResponses.Cache;
import dev.claudebench.method.ErrorCode;
import dev.claudebench.method.Json;
import dev.claudebench.rpc.AnswerForm;
import dev.claudebench.rpc.RpcError;
import dev.claudebench.rpc.RpcRequest;

/** Shows the state, tasks and instances as resources, which are the results of methods. */
@ApplicationScoped
class Resources {
    private static final String NOT_FOUND = "Resource not found";
    private static final String STATE = "claudebench://state";
    private static final Pattern ITEM = Pattern.compile("claudebench://(tasks|instances)/(.+)");

    private final byte[] list;
    private final byte[] templates;
    private final McpResponses responses;

    Resources(McpResponses responses) {
        JsonNode file = McpFiles.json("resources.json");
        list = McpResponses.members(Map.of("resources", file.get("resources")));
        templates = McpResponses.members(Map.of("resourceTemplates", file.get("resourceTemplates")));
        this.responses = responses;
    }

    /** Returns the members of the result of {@code resources/list}. */
    byte[] list() {
        return list;
    }

    /** Returns the members of the result of {@code resources/templates/list}. */
    byte[] templates() {
        return templates;
    }

    /** Returns the call whose result is the resource that a request names. */
    RpcRequest read(McpRequest request) {
        String uri = request.text("uri");
        ObjectNode params = Json.MAPPER.createObjectNode();
        if (uri.equals(STATE)) {
            return RpcRequest.of(request.id(), "system.get_state", params);
        }
        Matcher item = ITEM.matcher(uri);
        if (!item.matches()) {
            throw notFound(uri);
        }
        String id = decoded(item.group(2), uri);
        return item.group(1).equals("tasks")
                ? RpcRequest.of(request.id(), "task.get", params.put("taskId", id))
                : RpcRequest.of(request.id(), "system.get_instance", params.put("instanceId", id));
    }

    private static String decoded(String id, String uri) {
        try {
            // It would decode + to a blank, as forms do.
            return URLDecoder.decode(id.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw notFound(uri);
        }
    }

    private static McpException notFound(String uri) {
        return new McpException(McpException.OK, ErrorCode.INVALID_PARAMS.code(), NOT_FOUND,
                Map.of("uri", uri));
    }

    /** Returns how the resource is written. */
    AnswerForm formOf(McpRequest request) {
        return new Form(request, responses);
    }

    private record Form(McpRequest request, McpResponses responses) implements AnswerForm {
        private static final byte[] END = McpResponses.text("\"}]");

        @Override
        public List<byte[]> result(String id, byte[] json) {
            byte[] begin = McpResponses.text("\"contents\":[{\"uri\":" + Json.text(request.text("uri"))
                    + ",\"mimeType\":\"application/json\",\"text\":\"");
            return responses.result(request, Cache.CHANGES, begin, McpResponses.quoted(json), END);
        }

        /** An id that no task or instance can have is not found, too. Other codes of ours mean other things here. */
        @Override
        public List<byte[]> error(RpcError error) {
            boolean isNotFound = error.error().code() == ErrorCode.INVALID_PARAMS.code();
            return List.of(isNotFound
                    ? McpResponses.error(request.id(), ErrorCode.INVALID_PARAMS.code(), NOT_FOUND,
                            Map.of("uri", request.text("uri")))
                    : McpResponses.error(request.id(), ErrorCode.INTERNAL_ERROR.code(), error.error().message(),
                            error.error().data()));
        }
    }
}
