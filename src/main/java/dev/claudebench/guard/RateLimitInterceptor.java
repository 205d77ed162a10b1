package dev.claudebench.guard;

import jakarta.annotation.Priority;
import jakarta.interceptor.AroundInvoke;
import jakarta.interceptor.Interceptor;
import jakarta.interceptor.InvocationContext;

import dev.claudebench.method.CallContext;
import dev.claudebench.method.Failure;
import dev.claudebench.method.RateLimited;
import io.smallrye.mutiny.Uni;

/** Adds the rate limit to each call, whose script checks it, and counts refused calls. */
@Interceptor
@RateLimited(limit = 0)
@Priority(RateLimitInterceptor.INSIDE_THE_CIRCUIT_BREAKER)
class RateLimitInterceptor {
    /** The interceptor of SmallRye Fault Tolerance has 4010; a higher number is further inside. */
    static final int INSIDE_THE_CIRCUIT_BREAKER = 4100;

    private final MethodGuards guards;
    private final GuardMetrics metrics;

    RateLimitInterceptor(MethodGuards guards, GuardMetrics metrics) {
        this.guards = guards;
        this.metrics = metrics;
    }

    /** The limit of the caller's own, in the window of the method, else that of the method. */
    private CallContext.Limit limitOf(CallContext context) {
        CallContext.Limit ofMethod = guards.limitOf(context.method());
        Integer own = context.caller().limits().get(context.method());
        return own == null ? ofMethod : new CallContext.Limit(own, ofMethod.window());
    }

    @AroundInvoke
    Object limit(InvocationContext invocation) throws Exception {
        Object[] parameters = invocation.getParameters();
        CallContext context = (CallContext) parameters[1];
        parameters[1] = context.limitedTo(limitOf(context));
        invocation.setParameters(parameters);
        return ((Uni<?>) invocation.proceed()).onFailure(Failure.RateLimited.class)
                .invoke(() -> metrics.refused(GuardMetrics.Refusal.RATE_LIMIT, context.method()));
    }
}
