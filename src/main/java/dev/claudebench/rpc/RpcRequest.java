package dev.claudebench.rpc;

import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.claudebench.method.Failure;

/** One element of a request body: a call or notification, or what is wrong with it. */
sealed interface RpcRequest {

    /**
     * A well-formed call.
     *
     * @param method the name, whether or not there is such a method
     * @param params the parameters, empty when none were given; null when they were given by position
     * @param id null for a notification
     */
    record Call(String method, @Nullable ObjectNode params, @Nullable RequestId id) implements RpcRequest {
        boolean isNotification() {
            return id == null;
        }
    }

    /**
     * What is not a well-formed call.
     *
     * @param id the id where it could be read, else {@link RequestId#NULL}
     */
    record Invalid(Failure failure, RequestId id) implements RpcRequest {}
}
