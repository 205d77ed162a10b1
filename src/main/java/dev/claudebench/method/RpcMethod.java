package dev.claudebench.method;

import java.util.List;

import io.smallrye.mutiny.Uni;

/**
 * A JSON-RPC method. Every bean of this type is served under its name; the start fails when two have the same. It is registered for
 * reflection, as are its params and result: {@code rpc.discover} reads their types, and the guards are read from it.
 *
 * @param <P> a record that its parameters are read into, by name; {@link Constraints} on its members are checked before
 *        {@link #call}
 * @param <R> what becomes the {@code result} member, written by Jackson
 */
public interface RpcMethod<P extends Record, R> {

    /** The name that callers use, such as {@code system.register}. */
    String name();

    /**
     * What it does, in Markdown, for the callers that ask {@code rpc.discover}. It tells too what the params have to
     * keep to together; the bounds of each, and what each means, stand at the components of the record.
     */
    String description();

    /** The reasons of every {@link Failure.Refused} that {@link #call} can fail with, which callers may go by. */
    default List<String> refusals() {
        return List.of();
    }

    /** The type of {@link #call}'s parameters. */
    Class<P> paramsType();

    /**
     * Carries out one call. Fails with a {@link Failure} for what the caller is to be told; it never blocks. Implementations declare its
     * guards: {@code @CircuitBreaker}, {@code @CircuitBreakerName} with the name of the method, and {@link RateLimited}.
     *
     * @param params the parameters, within their bounds
     * @param context who calls, and the rate limit for the script of the call
     */
    Uni<R> call(P params, CallContext context);
}
