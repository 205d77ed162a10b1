package dev.claudebench.method;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import jakarta.enterprise.util.Nonbinding;
import jakarta.interceptor.InterceptorBinding;

/**
 * Limits how often one caller may call a method, over all replicas: a sliding window, exact, kept in Redis. The script of the call
 * admits or refuses it; a refused call fails with {@link Failure.RateLimited} and is not counted. {@code
 * claudebench.rate-limit."<method>"} overrides both values.
 */
@Documented
@InterceptorBinding
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
public @interface RateLimited {
    /** The most calls in a window; 0 for no limit. */
    @Nonbinding
    int limit();

    /** The length of the window, as a duration of Quarkus's configuration. */
    @Nonbinding
    String window() default "1m";
}
