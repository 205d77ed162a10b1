package dev.claudebench.method;

import java.util.function.Supplier;

import io.smallrye.mutiny.Uni;

/** Surrounds every call, outside of the guards that annotate its method bean. */
public interface CallGuard {

    /** Runs the call, or fails with the {@link Failure} that says why it must not run. */
    <T> Uni<T> guard(String method, Supplier<Uni<? extends T>> call);

    /** Returns the permission that a method requires. The method must exist. */
    String permissionOf(String method);
}
