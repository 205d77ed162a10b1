package dev.claudebench.method;

import java.util.List;

import io.smallrye.mutiny.Uni;

/**
 * A JSON-RPC method. The service exposes every bean of this type under its name; start-up fails if two beans share a name.
 * {@code rpc.discover} reads the types of the method, its params and its result, so a native executable must register all
 * three for reflection.
 *
 * @param <P> the record that the parameters are read into, by name; {@link Constraints} are checked before {@link #call}
 * @param <R> the type of the {@code result} member, which Jackson writes
 */
public interface RpcMethod<P extends Record, R> {

    /** The name of the method, such as {@code system.register}. */
    String name();

    /**
     * The description that {@code rpc.discover} returns, in Markdown. It covers constraints that involve several params;
     * the meaning and bounds of one param are annotations on the record's component.
     */
    String description();

    /** All reasons of a {@link Failure.Refused} from {@link #call}. They are part of the API. */
    default List<String> refusals() {
        return List.of();
    }

    /**
     * Whether a repeated call with the same params has no further effect. Tells clients which calls they may repeat; one that only
     * reads, with the permission {@link Permission#VIEWER}, needs no declaration.
     */
    default boolean isIdempotent() {
        return false;
    }

    /** Whether a call may end the work of others. Some clients ask a person before each such call. */
    default boolean isDestructive() {
        return false;
    }

    /**
     * Executes one call without blocking. A {@link Failure} becomes the error that the caller gets; anything else is
     * reported as an internal error. Implementations declare its guards: {@code @CircuitBreaker},
     * {@code @CircuitBreakerName} with the name of the method, and {@link RateLimited}.
     */
    Uni<R> call(P params, CallContext context);

    /**
     * Returns the result of a call to the caller, perhaps later. The guards do not surround it: a call that waits here takes
     * no place of those under way.
     */
    default Uni<R> afterCall(P params, R result, CallContext context) {
        return Uni.createFrom().item(result);
    }
}
