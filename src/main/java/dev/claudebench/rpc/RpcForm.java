package dev.claudebench.rpc;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;

import dev.claudebench.method.Json;

/** The responses of JSON-RPC 2.0. */
enum RpcForm implements AnswerForm {
    INSTANCE;

    private static final byte[] BEGIN = "{\"jsonrpc\":\"2.0\",\"result\":".getBytes(UTF_8);

    @Override
    public List<byte[]> result(String id, byte[] json) {
        return List.of(BEGIN, json, (",\"id\":" + id + "}").getBytes(UTF_8));
    }

    @Override
    public List<byte[]> error(RpcError error) {
        return List.of(Json.bytes(error));
    }
}
