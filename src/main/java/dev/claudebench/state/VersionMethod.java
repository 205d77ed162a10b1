package dev.claudebench.state;

import static java.time.temporal.ChronoUnit.SECONDS;

import java.util.List;

import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;

import org.eclipse.microprofile.faulttolerance.CircuitBreaker;
import org.jboss.logging.Logger;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;

import dev.claudebench.config.ServiceVersion;
import dev.claudebench.method.CallContext;
import dev.claudebench.method.NoParams;
import dev.claudebench.method.Permission;
import dev.claudebench.method.RateLimited;
import dev.claudebench.method.RpcMethod;
import dev.claudebench.redis.Script;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.faulttolerance.api.CircuitBreakerName;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;

@ApplicationScoped
@RegisterForReflection
class VersionMethod implements RpcMethod<NoParams, VersionMethod.Result> {
    private static final Logger LOG = Logger.getLogger(VersionMethod.class);

    private final ServiceVersion service;
    private final StateStore states;

    VersionMethod(ServiceVersion service, StateStore states) {
        this.service = service;
        this.states = states;
    }

    record Result(
            @JsonPropertyDescription("version of the service") String version,
            @JsonPropertyDescription("commit that it was built from, or unknown") String commit,
            @JsonPropertyDescription("when it was built, in ms since 1970") long builtAt,
            @JsonPropertyDescription("Redis or Valkey, with its version") String redis) {}

    /** Logs on a worker thread: to read all scripts is not needed for the first call. */
    void log(@Observes StartupEvent event, @Any Instance<RpcMethod<?, ?>> methods) {
        List<String> scripts = methods.stream().map(method -> method.name().replace('.', '_')).toList();
        Infrastructure.getDefaultWorkerPool()
                .execute(() -> LOG.infof("ClaudeBench coordinator %s, commit %s, scripts %s", service.version(),
                        service.commit(), Script.digest(scripts.stream())));
    }

    @Override
    public String name() {
        return "system.version";
    }

    @Override
    public String description() {
        return "Returns which build of the service answers, and the version of its Redis.";
    }

    @Override
    @RolesAllowed(Permission.VIEWER)
    @CircuitBreaker(delay = 1, delayUnit = SECONDS)
    @CircuitBreakerName("system.version")
    @RateLimited(limit = 600)
    public Uni<Result> call(NoParams params, CallContext context) {
        return states.redisVersion(context)
                .map(redis -> new Result(service.version(), service.commit(), service.builtAt(), redis));
    }
}
