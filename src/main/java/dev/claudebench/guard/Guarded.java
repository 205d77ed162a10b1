package dev.claudebench.guard;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import jakarta.interceptor.InterceptorBinding;

/**
 * Puts the guards around the {@code call} of a JSON-RPC method: the bound on concurrent calls, the circuit breaker of
 * its group, its rate limit. A group is what stands before the dot in a method's name. The time limit is
 * {@code ScriptRunner}'s.
 */
@InterceptorBinding
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
public @interface Guarded {}
