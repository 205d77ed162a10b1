package dev.claudebench.method;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import jakarta.enterprise.util.Nonbinding;
import jakarta.interceptor.InterceptorBinding;

/**
 * Limits how often one caller may call a method, over all replicas, in an exact sliding window in Redis. The script of the
 * call checks the limit; a refused call fails with {@link Failure.RateLimited} and is not counted. The configuration
 * {@code claudebench.rate-limit."<method>"} overrides both values.
 */
@InterceptorBinding
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
public @interface RateLimited {
    /** The maximum number of calls in a window, 0 for no limit. */
    @Nonbinding
    int limit();

    /** The length of the window, such as {@code 1m}. */
    @Nonbinding
    String window() default "1m";
}
