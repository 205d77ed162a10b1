package dev.claudebench.guard;

import java.util.function.Supplier;

import jakarta.enterprise.context.ApplicationScoped;

import dev.claudebench.method.Caller;
import dev.claudebench.rpc.CallGuard;
import io.smallrye.mutiny.Uni;

/** The guards in their order, outermost first; the innermost, the time limit, is {@code ScriptRunner}'s. */
@ApplicationScoped
class Guards implements CallGuard {
    private final Overload overload;
    private final CircuitBreakers breakers;
    private final RateLimiter rateLimiter;

    Guards(Overload overload, CircuitBreakers breakers, RateLimiter rateLimiter) {
        this.overload = overload;
        this.breakers = breakers;
        this.rateLimiter = rateLimiter;
    }

    @Override
    public Uni<Object> guard(String method, Caller caller, Supplier<Uni<Object>> call) {
        return overload.admit(method,
                () -> breakers.apply(method, () -> rateLimiter.admit(method, caller).chain(call::get)));
    }
}
