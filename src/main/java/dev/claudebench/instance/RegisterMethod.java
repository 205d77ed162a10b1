package dev.claudebench.instance;

import java.time.temporal.ChronoUnit;

import jakarta.enterprise.context.ApplicationScoped;

import org.eclipse.microprofile.faulttolerance.CircuitBreaker;
import org.jboss.logging.Logger;

import dev.claudebench.method.CallContext;
import dev.claudebench.method.Json;
import dev.claudebench.method.RateLimited;
import dev.claudebench.method.RpcMethod;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.faulttolerance.api.CircuitBreakerName;
import io.smallrye.mutiny.Uni;

/**
 * {@code system.register}. What goes with it (election, state, task assignment, events) is the registration sequence in
 * {@code lua/system_register.lua}.
 */
@ApplicationScoped
@RegisterForReflection
class RegisterMethod implements RpcMethod<RegisterParams, RegisterResult> {
    private static final Logger LOG = Logger.getLogger(RegisterMethod.class);

    private final InstanceStore instances;

    RegisterMethod(InstanceStore instances) {
        this.instances = instances;
    }

    @Override
    public String name() {
        return "system.register";
    }

    @Override
    public String description() {
        return """
               Makes an instance known to the fleet, or renews it: roles and metadata are replaced then, its time to \
               live starts again, and its tasks stay, but for unclaimed ones that its new roles do not allow. Where \
               nobody leads, a leader is elected; a worker is given its fair share of the pending tasks. Calls without \
               a session count as one session.""";
    }

    @Override
    public Class<RegisterParams> paramsType() {
        return RegisterParams.class;
    }

    @Override
    @CircuitBreaker(delay = 30, delayUnit = ChronoUnit.SECONDS)
    @CircuitBreakerName("system.register")
    @RateLimited(limit = 10)
    public Uni<RegisterResult> call(RegisterParams params, CallContext context) {
        return instances.register(params, context)
                .invoke(registration -> LOG
                        .info("registration " + Json.logText(LogLine.of(params, context, registration))))
                .map(registration -> new RegisterResult(registration.registered()));
    }

    /** The fields of the one line that an operator sees of a registration. */
    private record LogLine(String instance, String caller, boolean registered, String message, boolean becameLeader,
            String leader, long term, long version, int tasksAssigned, int tasksHeld) {

        static LogLine of(RegisterParams params, CallContext context, InstanceStore.Registration registration) {
            return new LogLine(params.id(), context.caller().id(), registration.registered(), registration.message(),
                    registration.becameLeader(), registration.leader(), registration.term(), registration.version(),
                    registration.assigned(), registration.total());
        }
    }
}
