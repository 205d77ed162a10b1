package dev.claudebench.instance;

import static java.time.temporal.ChronoUnit.SECONDS;

import java.util.List;

import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.ApplicationScoped;

import org.eclipse.microprofile.faulttolerance.CircuitBreaker;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.claudebench.bench.Benches;
import dev.claudebench.method.CallContext;
import dev.claudebench.method.IntRange;
import dev.claudebench.method.Json;
import dev.claudebench.method.JsonSize;
import dev.claudebench.method.Permission;
import dev.claudebench.method.PlainText;
import dev.claudebench.method.RateLimited;
import dev.claudebench.method.RoleList;
import dev.claudebench.method.RpcMethod;
import dev.claudebench.redis.Reply;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.faulttolerance.api.CircuitBreakerName;
import io.smallrye.mutiny.Uni;

/** {@code system.register}. The registration sequence is in {@code lua/system_register.lua}. */
@ApplicationScoped
@RegisterForReflection
class RegisterMethod implements RpcMethod<RegisterMethod.Params, RegisterMethod.Result> {
    static final String SESSION_ID = "session that registered the instance; left out if it was anonymous";
    private static final Logger LOG = Logger.getLogger(RegisterMethod.class);

    private final InstanceStore instances;

    RegisterMethod(InstanceStore instances) {
        this.instances = instances;
    }

    record Params(
            @PlainText @JsonPropertyDescription("id of the instance") String id,
            @RoleList(max = 32)
            @JsonPropertyDescription("worker, leader, specialist, monitor or any other") List<String> roles,
            @PlainText @JsonPropertyDescription("distinguishes the holder of an id; left out by an anonymous agent")
            @Nullable String sessionId,
            @JsonSize(max = JsonSize.METADATA) @JsonPropertyDescription("any information about the instance")
            @Nullable ObjectNode metadata,
            @IntRange(min = 0, max = 100)
            @JsonPropertyDescription("""
                                     maximum number of tasks that a worker has in progress, and is assigned; 0 lets it finish \
                                     what it has; left out for claudebench.task.capacity""")
            @Nullable Integer capacity) {}

    record Result(
            @JsonPropertyDescription("false, with nothing changed, if another session holds the id") boolean registered) {}

    @Override
    public String name() {
        return "system.register";
    }

    @Override
    public String description() {
        return """
               Registers an instance or renews it. A renewal replaces roles, metadata and capacity and restarts the time \
               to live; the instance keeps its tasks, except assigned ones that its new roles do not allow. Elects a leader if \
               there is none, and assigns a worker its fair share of the pending tasks. Calls without a session count \
               as one session.""";
    }

    @Override
    public List<String> refusals() {
        return List.of("quota_instances", "quota_bytes", Benches.TOO_MANY);
    }

    @Override
    public boolean isIdempotent() {
        return true;
    }

    @Override
    @RolesAllowed(Permission.AGENT)
    @CircuitBreaker(delay = 30, delayUnit = SECONDS)
    @CircuitBreakerName("system.register")
    @RateLimited(limit = 10)
    public Uni<Result> call(Params params, CallContext context) {
        return instances.register(params, context)
                .invoke(RegisterMethod::log)
                .map(registration -> new Result(registration.registered()));
    }

    /** Logs refusals at INFO, and all others at DEBUG, since the events record them. */
    private static void log(Registration registration) {
        Logger.Level level = registration.registered ? Logger.Level.DEBUG : Logger.Level.INFO;
        if (LOG.isEnabled(level)) {
            LOG.log(level, "registration " + Json.logText(registration));
        }
    }

    /** What a registration did, as the log shows it. The leader is empty if there is none. */
    record Registration(String bench, String instance, String caller, boolean registered, String message,
            boolean becameLeader,
            String leader, long term, long version, int tasksAssigned, int tasksHeld) {

        static Registration from(String instance, CallContext call, Reply reply) {
            return new Registration(call.bench().name(), instance, call.caller().id(), reply.number("registered") == 1,
                    reply.text("message"),
                    reply.number("becameLeader") == 1, reply.text("leader"), reply.number("term"),
                    reply.number("version"), reply.count("assigned"), reply.count("total"));
        }
    }
}
