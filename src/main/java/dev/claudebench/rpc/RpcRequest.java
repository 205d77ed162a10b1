package dev.claudebench.rpc;

import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.claudebench.method.Failure;

/**
 * One element of a request body.
 *
 * @param id the JSON text of the id, which is returned byte for byte; null for a notification
 * @param method the name, whether or not the method exists; empty if there is a fault
 * @param params empty if none were given, null if they were given by position
 * @param fault why this is not a well-formed call; null if it is
 */
public record RpcRequest(@Nullable String id, String method, @Nullable ObjectNode params, @Nullable Failure fault) {

    /** A call, or a notification if the id is null. */
    public static RpcRequest of(@Nullable String id, String method, ObjectNode params) {
        return new RpcRequest(id, method, params, null);
    }

    static RpcRequest invalid(String id, Failure fault) {
        return new RpcRequest(id, "", null, fault);
    }
}
