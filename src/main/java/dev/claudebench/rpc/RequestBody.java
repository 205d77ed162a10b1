package dev.claudebench.rpc;

import java.util.List;

import dev.claudebench.method.Failure;

/**
 * A request body that could be read.
 *
 * @param batch whether the answer is an array
 * @param requests its elements in order; exactly one unless it is a batch
 */
record RequestBody(boolean batch, List<RpcRequest> requests) {
    RequestBody {
        requests = List.copyOf(requests);
    }

    static RequestBody invalid(Failure failure) {
        return new RequestBody(false, List.of(new RpcRequest.Invalid(failure, RequestId.NULL)));
    }
}
