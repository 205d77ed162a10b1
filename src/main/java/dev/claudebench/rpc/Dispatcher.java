package dev.claudebench.rpc;

import java.util.List;
import java.util.Map;
import java.util.UUID;
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
import dev.claudebench.method.LogLimit;
import dev.claudebench.method.RpcMethod;
import dev.claudebench.method.SharedJson;
import io.quarkus.runtime.Startup;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;

/**
 * Calls the method bean that a request names and turns its result or failure into a response. Starts with the service, so that
 * two methods with the same name are detected then.
 */
@ApplicationScoped
@Startup
class Dispatcher {
    private static final Logger LOG = Logger.getLogger(Dispatcher.class);

    private final Map<String, RpcMethod<?, ?>> methods;
    private final CallGuard guard;
    private final RpcMetrics metrics;
    private final LogLimit wrongTypes = new LogLimit();

    Dispatcher(@Any Instance<RpcMethod<?, ?>> methods, CallGuard guard, RpcMetrics metrics) {
        this.methods = methods.stream().collect(Collectors.toUnmodifiableMap(RpcMethod::name, method -> method));
        this.guard = guard;
        this.metrics = metrics;
        this.methods.keySet().forEach(metrics::prepare);
    }

    /**
     * Executes the requests in order, and adds their responses to the answer; notifications have none. Requests fail once the answer
     * is full.
     */
    Uni<Void> dispatch(List<RpcRequest> requests, Caller caller, Answer answer) {
        return Multi.createFrom()
                .iterable(requests)
                .onItem()
                .transformToUniAndConcatenate(request -> dispatch(request, caller, answer))
                .onItem()
                .ignoreAsUni();
    }

    private Uni<Void> dispatch(RpcRequest request, Caller caller, Answer answer) {
        long start = System.nanoTime();
        RpcMethod<?, ?> method = methods.get(request.method());
        String name = method == null ? RpcMetrics.NO_METHOD : method.name();
        return Uni.createFrom()
                .deferred(() -> invoke(method, request, caller, answer.isFull()))
                // Written here, so that a result that cannot be written fails this call alone.
                .map(result -> result instanceof SharedJson shared ? shared.json() : Json.bytes(result))
                .invoke(json -> {
                    if (request.id() != null && !answer.reserve(json.length)) {
                        throw new Failure.Overloaded("Overloaded: too many large answers are in flight",
                                Failure.Outcome.UNKNOWN);
                    }
                })
                .onFailure(SecurityException.class)
                .transform(denied -> new Failure.Unauthorized())
                .onItemOrFailure()
                .transform((json, thrown) -> {
                    metrics.record(name, thrown == null ? null : code(thrown), System.nanoTime() - start);
                    String id = request.id() == null ? "null" : request.id();
                    RpcError error = thrown == null ? null : error(id, thrown, name);
                    if (request.id() == null) {
                        return null;
                    }
                    if (error == null) {
                        answer.addResult(json, id);
                    } else {
                        answer.addError(error);
                    }
                    return null;
                });
    }

    private <P extends Record, R> Uni<Object> invoke(@Nullable RpcMethod<P, R> method, RpcRequest request,
            Caller caller, boolean answerIsFull) {
        if (request.fault() != null) {
            throw request.fault();
        }
        if (method == null) {
            throw new Failure.MethodNotFound();
        }
        if (answerIsFull) {
            throw new Failure.Overloaded("Overloaded: there is no room for more answers in this batch",
                    Failure.Outcome.NOT_EXECUTED);
        }
        P params = ParamsReader.read(request.params(), method);
        CallContext context = new CallContext(method.name(), caller);
        return guard.guard(method.name(), () -> method.call(params, context))
                .chain(result -> method.afterCall(params, result, context))
                .map(result -> result);
    }

    private static ErrorCode code(Throwable thrown) {
        return thrown instanceof Failure failure ? failure.code() : ErrorCode.INTERNAL_ERROR;
    }

    private RpcError error(String id, Throwable thrown, String method) {
        if (thrown instanceof Failure failure) {
            // Agents repeat such a call every second. All of them get the same error id.
            if (failure instanceof Failure.WrongType wrong && wrongTypes.admits(wrong.text())) {
                LOG.errorf("call failed: method=%s %s: %s", method, wrong.data(), wrong.text());
            }
            return RpcError.of(id, failure.code(), failure.text(), failure.data());
        }
        String errorId = UUID.randomUUID().toString();
        LOG.errorf(thrown, "call failed: method=%s errorId=%s", method, errorId);
        return RpcError.of(id, ErrorCode.INTERNAL_ERROR, ErrorCode.INTERNAL_ERROR.message(),
                new ErrorData.ErrorId(errorId));
    }
}
