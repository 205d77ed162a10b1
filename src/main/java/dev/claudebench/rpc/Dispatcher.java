package dev.claudebench.rpc;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;

import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

import dev.claudebench.method.CallContext;
import dev.claudebench.method.CallGuard;
import dev.claudebench.method.Caller;
import dev.claudebench.method.ErrorCode;
import dev.claudebench.method.ErrorData;
import dev.claudebench.method.Failure;
import dev.claudebench.method.Json;
import dev.claudebench.method.RpcMethod;
import io.quarkus.runtime.Startup;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;

/**
 * Calls the method bean that each request names, and makes a response of its result or failure: the one place where failures become error
 * codes. It is made at start-up, so that two methods of one name are found then.
 */
@ApplicationScoped
@Startup
class Dispatcher {
    /** The longest answer, in characters, that a batch may have when another of its calls is begun. */
    private static final long BATCH_ANSWER_CHARS = 4 << 20;
    private static final Logger LOG = Logger.getLogger(Dispatcher.class);

    private final Map<String, RpcMethod<?, ?>> methods;
    private final CallGuard guard;
    private final RpcMetrics metrics;

    Dispatcher(@Any Instance<RpcMethod<?, ?>> methods, CallGuard guard, RpcMetrics metrics) {
        this.methods = methods.stream().collect(Collectors.toUnmodifiableMap(RpcMethod::name, method -> method));
        this.guard = guard;
        this.metrics = metrics;
        this.methods.keySet().forEach(metrics::prepare);
    }

    /**
     * Runs the requests one after the other. The responses are in their order, without those to notifications. Once the responses are
     * too large to be held, the remaining requests fail.
     */
    Uni<List<RpcResponse>> dispatchAll(List<RpcRequest> requests, Caller caller) {
        LongAdder chars = new LongAdder();
        return Multi.createFrom()
                .iterable(requests)
                .onItem()
                .transformToUniAndConcatenate(request -> dispatch(request, caller, chars.sum() < BATCH_ANSWER_CHARS)
                        .invoke(response -> chars.add(RpcResponse.length(response))))
                .collect()
                .asList();
    }

    /** The item is null for a notification, whatever came of it. */
    Uni<@Nullable RpcResponse> dispatch(RpcRequest request, Caller caller) {
        return dispatch(request, caller, true);
    }

    private Uni<@Nullable RpcResponse> dispatch(RpcRequest request, Caller caller, boolean roomForAnswer) {
        long start = System.nanoTime();
        if (request instanceof RpcRequest.Invalid invalid) {
            metrics.record(RpcMetrics.NO_METHOD, invalid.failure().code(), System.nanoTime() - start);
            return Uni.createFrom().item(RpcResponse.Failed.of(invalid.id(), invalid.failure()));
        }
        RpcRequest.Call call = (RpcRequest.Call) request;
        RpcMethod<?, ?> method = methods.get(call.method());
        String name = method == null ? RpcMetrics.NO_METHOD : method.name();
        RequestId id = call.id() == null ? RequestId.NULL : call.id();
        Uni<RpcResponse> response = Uni.createFrom()
                .deferred(() -> invoke(method, call, caller, roomForAnswer))
                // written here, so that a result which cannot be is an error of this call alone
                .<RpcResponse>map(result -> new RpcResponse.Result(id, Json.text(result)))
                .onFailure()
                .recoverWithItem(failure -> error(id, failure, name));
        return response.map(answer -> {
            metrics.record(name, answer instanceof RpcResponse.Failed error ? error.code() : null,
                    System.nanoTime() - start);
            return call.isNotification() ? null : answer;
        });
    }

    private <P extends Record, R> Uni<Object> invoke(@Nullable RpcMethod<P, R> method, RpcRequest.Call call,
            Caller caller, boolean roomForAnswer) {
        if (method == null) {
            throw new Failure.MethodNotFound();
        }
        if (!roomForAnswer) {
            throw new Failure.Overloaded("Overloaded: the answers to the calls before this one are too large",
                    Failure.Outcome.NOT_EXECUTED);
        }
        P params = ParamsReader.read(call.params(), method);
        CallContext context = new CallContext(method.name(), caller);
        return guard.guard(method.name(), () -> method.call(params, context)).map(result -> result);
    }

    private static RpcResponse.Failed error(RequestId id, Throwable thrown, String method) {
        if (thrown instanceof Failure failure) {
            if (failure instanceof Failure.WrongType wrong) {
                LOG.errorf("call failed: method=%s %s: %s", method, wrong.data(), wrong.text());
            }
            return RpcResponse.Failed.of(id, failure);
        }
        if (thrown instanceof SecurityException) {
            return RpcResponse.Failed.of(id, new Failure.Unauthorized());
        }
        String errorId = UUID.randomUUID().toString();
        LOG.errorf(thrown, "call failed: method=%s errorId=%s", method, errorId);
        return new RpcResponse.Failed(id, ErrorCode.INTERNAL_ERROR, ErrorCode.INTERNAL_ERROR.message(),
                new ErrorData.ErrorId(errorId));
    }
}
