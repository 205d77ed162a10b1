package dev.claudebench.guard;

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;

import org.eclipse.microprofile.faulttolerance.CircuitBreaker;

import dev.claudebench.method.CallContext;
import dev.claudebench.method.CallContext.Limit;
import dev.claudebench.method.Permission;
import dev.claudebench.method.RateLimited;
import dev.claudebench.method.RpcMethod;
import io.quarkus.runtime.Startup;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.faulttolerance.api.CircuitBreakerName;

/**
 * The guards that method beans declare, with the configured rate limits. Start-up fails if a bean lacks a permission, a rate limit
 * or a circuit breaker with the name of its method, and if a limit is configured for a method that does not exist.
 */
@ApplicationScoped
@Startup
class MethodGuards {
    private final Map<String, Limit> limits = new TreeMap<>();
    private final Map<String, Method> methods = new TreeMap<>();

    MethodGuards(@Any Instance<RpcMethod<?, ?>> beans, GuardConfig config) {
        Map<String, GuardConfig.RateLimit> configured = new TreeMap<>();
        config.rateLimit().forEach((name, limit) -> configured.put(inVariables(name), limit));
        for (Instance.Handle<RpcMethod<?, ?>> handle : beans.handles()) {
            String name = handle.get().name();
            Method call = guardedCall(name, handle.getBean().getBeanClass());
            methods.put(name, call);
            RateLimited declared = Objects.requireNonNull(call.getAnnotation(RateLimited.class));
            limits.put(name, limit(declared, Optional.ofNullable(configured.remove(inVariables(name)))));
        }
        if (!configured.isEmpty()) {
            throw new ConfigurationException(
                    "claudebench.rate-limit names methods that do not exist: " + configured.keySet()
                            + "; the methods are " + methods.keySet());
        }
    }

    /** Returns what becomes of the name of a method in an environment variable, which has the same sign for a dot and an underscore. */
    private static String inVariables(String method) {
        return method.replace('_', '.');
    }

    static Method guardedCall(String name, Class<?> bean) {
        Method call = Arrays.stream(bean.getDeclaredMethods())
                .filter(method -> method.getName().equals("call") && !method.isBridge()
                        && Arrays.asList(method.getParameterTypes()).contains(CallContext.class))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(bean + " declares no method call"));
        for (Class<? extends Annotation> guard : Arrays.asList(CircuitBreaker.class, CircuitBreakerName.class,
                RateLimited.class, RolesAllowed.class)) {
            if (!call.isAnnotationPresent(guard)) {
                throw new IllegalStateException(
                        bean.getName() + ".call, which serves " + name + ", needs @" + guard.getSimpleName());
            }
        }
        String breaker = call.getAnnotation(CircuitBreakerName.class).value();
        if (!breaker.equals(name)) {
            throw new IllegalStateException("the circuit breaker of " + name + " is named " + breaker);
        }
        if (!Permission.ALL.contains(permission(call))) {
            throw new IllegalStateException(name + " requires the unknown permission " + permission(call));
        }
        return call;
    }

    private static String permission(Method call) {
        return String.join(" or ", call.getAnnotation(RolesAllowed.class).value());
    }

    private static Limit limit(RateLimited declared, Optional<GuardConfig.RateLimit> configured) {
        return new Limit(configured.flatMap(GuardConfig.RateLimit::limit).orElse(declared.limit()),
                configured.flatMap(GuardConfig.RateLimit::window)
                        .orElseGet(() -> DurationConverter.parseDuration(declared.window())));
    }

    /** Returns the rate limit of a method, which must exist. */
    Limit limitOf(String method) {
        return Objects.requireNonNull(limits.get(method), method);
    }

    String permissionOf(String method) {
        return permission(Objects.requireNonNull(methods.get(method), method));
    }

    /** Returns the {@code call} of each method bean, by the name of the method. */
    Map<String, Method> calls() {
        return methods;
    }
}
