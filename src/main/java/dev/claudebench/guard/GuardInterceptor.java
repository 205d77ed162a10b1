package dev.claudebench.guard;

import jakarta.annotation.Priority;
import jakarta.interceptor.AroundInvoke;
import jakarta.interceptor.Interceptor;
import jakarta.interceptor.InvocationContext;

import dev.claudebench.rpc.Caller;
import dev.claudebench.rpc.RpcMethod;
import io.smallrye.mutiny.Uni;

/** Applies the guards in their order, outermost first. */
@Guarded
@Interceptor
@Priority(Interceptor.Priority.APPLICATION)
class GuardInterceptor {
    private final Overload overload;
    private final CircuitBreakers breakers;
    private final RateLimiter rateLimiter;

    GuardInterceptor(Overload overload, CircuitBreakers breakers, RateLimiter rateLimiter) {
        this.overload = overload;
        this.breakers = breakers;
        this.rateLimiter = rateLimiter;
    }

    @AroundInvoke
    Object guard(InvocationContext invocation) {
        String method = ((RpcMethod<?, ?>) invocation.getTarget()).name();
        Caller caller = (Caller) invocation.getParameters()[1];
        return overload.admit(method,
                () -> breakers.apply(method,
                        () -> rateLimiter.admit(method, caller).chain(() -> proceed(invocation))));
    }

    @SuppressWarnings("unchecked")
    private static Uni<Object> proceed(InvocationContext invocation) {
        try {
            return (Uni<Object>) invocation.proceed();
        } catch (Exception e) {
            return Uni.createFrom().failure(e);
        }
    }
}
