package dev.claudebench.method;

import java.util.function.Supplier;

import io.smallrye.mutiny.Uni;

/** Surrounds every call, outside of the guards that are annotations on its method bean. */
public interface CallGuard {

    /**
     * Begins a call, or fails with the {@link Failure} that says why it must not begin.
     *
     * @param method the method's name
     * @param call begins the call
     */
    <T> Uni<T> guard(String method, Supplier<Uni<? extends T>> call);
}
