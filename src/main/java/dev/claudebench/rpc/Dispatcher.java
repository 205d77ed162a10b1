package dev.claudebench.rpc;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;

import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.claudebench.method.Bench;
import dev.claudebench.method.CallContext;
import dev.claudebench.method.CallGuard;
import dev.claudebench.method.Caller;
import dev.claudebench.method.ErrorCode;
import dev.claudebench.method.ErrorData;
import dev.claudebench.method.Failure;
import dev.claudebench.method.Json;
import dev.claudebench.method.LogLimit;
import dev.claudebench.method.Permission;
import dev.claudebench.method.RpcMethod;
import dev.claudebench.method.SharedJson;
import dev.claudebench.method.Spelling;
import io.quarkus.runtime.Startup;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Vertx;

/**
 * Calls the method bean that a request names and turns its result or failure into a response. Starts with the service, so that
 * two methods with the same name are detected then.
 */
@ApplicationScoped
@Startup
public class Dispatcher {
    private static final Logger LOG = Logger.getLogger(Dispatcher.class);
    private static final Logger AUDIT = Logger.getLogger("dev.claudebench.audit");

    private final Map<String, RpcMethod<?, ?>> methods;
    private final CallGuard guard;
    private final RpcMetrics metrics;
    private final Vertx vertx;
    private final boolean isSessionRequired;
    private final LogLimit wrongTypes = new LogLimit();

    Dispatcher(@Any Instance<RpcMethod<?, ?>> methods, CallGuard guard, RpcMetrics metrics,
            Vertx vertx,
            @ConfigProperty(name = "claudebench.security.require-session") boolean isSessionRequired) {
        this.methods = methods.stream().collect(Collectors.toUnmodifiableMap(RpcMethod::name, method -> method));
        this.guard = guard;
        this.metrics = metrics;
        this.vertx = vertx;
        this.isSessionRequired = isSessionRequired;
        this.methods.values().forEach(metrics::prepare);
    }

    /**
     * Executes the requests in order on a bench, and adds their responses to the answer, in the form of a protocol; notifications have none.
     * Requests fail once the answer is full.
     */
    public Uni<Answer> dispatch(Bench bench, List<RpcRequest> requests, Caller caller, Answer answer, AnswerForm form) {
        Context context = vertx.getOrCreateContext();
        return Multi.createFrom()
                .iterable(requests)
                .onItem()
                .transformToUniAndConcatenate(request -> dispatch(bench, request, caller, answer, form)
                        // The reply of a call arrives on any thread. The identity of the caller is found on this context only.
                        .emitOn(command -> runOn(context, command)))
                .onItem()
                .ignoreAsUni()
                .replaceWith(answer)
                .onFailure()
                .invoke(answer::release);
    }

    /** Runs at once what is on the context already, so that answers that take no time are made one after the other, not side by side. */
    private static void runOn(Context context, Runnable command) {
        if (Vertx.currentContext() == context) {
            command.run();
        } else {
            context.runOnContext(now -> command.run());
        }
    }

    private Uni<Void> dispatch(Bench bench, RpcRequest request, Caller caller, Answer answer, AnswerForm form) {
        long start = System.nanoTime();
        RpcMethod<?, ?> method = methods.get(request.method());
        String name = method == null ? RpcMetrics.NO_METHOD : method.name();
        return Uni.createFrom()
                .deferred(() -> invoke(bench, method, request, caller, answer.isFull()))
                // Written here, so that a result that cannot be written fails this call alone.
                .map(result -> result instanceof SharedJson shared ? shared.json() : Json.bytes(result))
                .invoke(json -> {
                    if (request.id() != null && !answer.offer(form.result(request.id(), json))) {
                        throw new Failure.Overloaded("Overloaded: too many large answers are in flight",
                                Failure.Outcome.UNKNOWN);
                    }
                })
                .onFailure(SecurityException.class)
                .transform(denied -> Failure.Forbidden.lacks(guard.permissionOf(name)))
                .onItemOrFailure()
                .transform((json, thrown) -> {
                    metrics.record(name, thrown == null ? null : code(thrown), System.nanoTime() - start);
                    if (thrown instanceof Failure.Refused refused) {
                        metrics.recordRefusal(name, refused.reason());
                    }
                    if (thrown != null) {
                        RpcError error = error(request.id() == null ? "null" : request.id(), thrown, name);
                        if (request.id() != null) {
                            answer.add(form.error(error));
                        }
                    }
                    return null;
                });
    }

    private <P extends Record, R> Uni<Object> invoke(Bench bench, @Nullable RpcMethod<P, R> method,
            RpcRequest request, Caller caller, boolean answerIsFull) {
        if (request.fault() != null) {
            throw request.fault();
        }
        if (method == null) {
            String advice = request.method().equals("initialize") || request.method().contains("/")
                    ? "'" + Spelling.shown(request.method()) + "'; MCP is at /mcp"
                    : Spelling.unknown(request.method(), methods.keySet());
            throw new Failure.MethodNotFound(advice);
        }
        if (answerIsFull) {
            throw new Failure.Overloaded("Overloaded: there is no room for more answers in this batch",
                    Failure.Outcome.NOT_EXECUTED);
        }
        P params = isSessionRequired
                ? ParamsReader.readWithSession(request.params(), method)
                : ParamsReader.read(request.params(), method);
        CallContext context = new CallContext(bench, method.name(), caller);
        return guard.guard(method.name(), () -> method.call(params, context))
                .invoke(result -> logChange(context, request))
                .chain(result -> method.afterCall(params, result, context))
                .map(result -> result);
    }

    /** The events are the record; the log has what people do at INFO, and what agents do all the time at DEBUG. */
    private void logChange(CallContext call, RpcRequest request) {
        Caller caller = call.caller();
        String permission = guard.permissionOf(call.method());
        boolean isByPerson = permission.equals(Permission.LEAD) || permission.equals(Permission.ADMIN);
        Logger.Level level = isByPerson && !caller.principal().isEmpty() ? Logger.Level.INFO : Logger.Level.DEBUG;
        if (!permission.equals(Permission.VIEWER) && AUDIT.isEnabled(level)) {
            AUDIT.logf(level, "call: method=%s by=%s of=%s bench=%s", call.method(), Json.logText(caller.id()),
                    subjectOf(request), call.bench().name());
        }
    }

    /** Returns the ids that a call names, as JSON text. */
    private static String subjectOf(RpcRequest request) {
        ObjectNode params = Objects.requireNonNull(request.params()).deepCopy();
        return Json.logText(params.retain("id", "taskId", "instanceId", "workerId"));
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
            return RpcError.of(id, failure);
        }
        String errorId = UUID.randomUUID().toString();
        LOG.errorf(thrown, "call failed: method=%s errorId=%s", method, errorId);
        return RpcError.of(id, ErrorCode.INTERNAL_ERROR, ErrorCode.INTERNAL_ERROR.message(),
                new ErrorData.ErrorId(errorId));
    }
}
