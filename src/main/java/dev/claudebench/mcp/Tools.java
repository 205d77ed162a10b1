package dev.claudebench.mcp;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.claudebench.discover.MethodSchemas;
import dev.claudebench.mcp.McpResponses.Cache;
import dev.claudebench.method.CallGuard;
import dev.claudebench.method.ErrorCode;
import dev.claudebench.method.Json;
import dev.claudebench.method.Permission;
import dev.claudebench.method.RpcMethod;
import dev.claudebench.method.Spelling;
import dev.claudebench.rpc.AnswerForm;
import dev.claudebench.rpc.RpcError;
import dev.claudebench.rpc.RpcRequest;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;

/** Shows every method bean as a tool. The tool {@code task_claim} calls the method {@code task.claim}. */
@ApplicationScoped
class Tools {
    private final Map<String, String> methods;
    private final Uni<byte[]> list;
    private final CallGuard guard;
    private final McpResponses responses;

    Tools(@Any Instance<RpcMethod<?, ?>> beans, CallGuard guard, McpResponses responses) {
        this.guard = guard;
        this.responses = responses;
        methods = beans.stream().collect(Collectors.toUnmodifiableMap(Tools::nameOf, RpcMethod::name));
        // Built at the first request, off the event loop, because it would delay the start-up.
        list = Uni.createFrom()
                .item(() -> describe(beans))
                .runSubscriptionOn(Infrastructure.getDefaultWorkerPool())
                .memoize()
                .indefinitely();
    }

    private static String nameOf(RpcMethod<?, ?> method) {
        return method.name().replace('.', '_');
    }

    /** Returns the members of the result of {@code tools/list}. */
    Uni<byte[]> list() {
        return list;
    }

    /** Returns the call of the method that a request names. */
    RpcRequest call(McpRequest request) {
        String method = methods.getOrDefault(request.text("name"), "");
        return RpcRequest.of(request.id(), method, request.arguments());
    }

    private byte[] describe(Instance<RpcMethod<?, ?>> beans) {
        MethodSchemas schemas = new MethodSchemas();
        ObjectNode result = Json.MAPPER.createObjectNode();
        ArrayNode tools = result.putArray("tools");
        beans.stream().sorted(Comparator.comparing(RpcMethod::name)).forEach(method -> {
            ObjectNode tool = tools.addObject();
            tool.put("name", nameOf(method)).put("description", descriptionOf(method));
            tool.set("inputSchema", schemas.params(method));
            tool.set("outputSchema", schemas.result(method));
            boolean isReadOnly = guard.permissionOf(method.name()).equals(Permission.VIEWER);
            tool.putObject("annotations")
                    .put("readOnlyHint", isReadOnly)
                    .put("destructiveHint", method.isDestructive())
                    .put("idempotentHint", isReadOnly || method.isIdempotent())
                    .put("openWorldHint", false);
        });
        return McpResponses.members(result);
    }

    private static String descriptionOf(RpcMethod<?, ?> method) {
        return method.refusals().isEmpty()
                ? method.description()
                : method.description() + "\n\nReasons of refusals: `" + String.join("`, `", method.refusals()) + "`.";
    }

    /** Returns how the outcome of a call is written: a failure is a result too, which the model can read. */
    AnswerForm formOf(McpRequest request) {
        return new Form(request, responses, methods.keySet());
    }

    private record Form(McpRequest request, McpResponses responses, Set<String> tools) implements AnswerForm {
        private static final byte[] TEXT = McpResponses.text("\"content\":[{\"type\":\"text\",\"text\":\"");
        private static final byte[] STRUCTURED = McpResponses.text("\"}],\"structuredContent\":");
        private static final byte[] IS_ERROR = McpResponses.text("\"}],\"isError\":true");

        /** Clients before the revision 2025-06-18 read the text alone. */
        @Override
        public List<byte[]> result(String id, byte[] json) {
            return responses.result(request, Cache.NOT_CACHEABLE, TEXT, McpResponses.quoted(json), STRUCTURED, json);
        }

        @Override
        public List<byte[]> error(RpcError error) {
            if (error.error().code() == ErrorCode.METHOD_NOT_FOUND.code()) {
                return List.of(McpResponses.error(request.id(), ErrorCode.INVALID_PARAMS.code(), "Unknown tool: "
                        + Spelling.unknown(request.text("name"), tools), null));
            }
            // Not as structured content, which clients check against the schema of results.
            byte[] text = McpResponses.quoted(Json.bytes(error.error()));
            return responses.result(request, Cache.NOT_CACHEABLE, TEXT, text, IS_ERROR);
        }
    }
}
