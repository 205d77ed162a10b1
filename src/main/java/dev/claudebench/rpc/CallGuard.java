package dev.claudebench.rpc;

import java.util.function.Supplier;

import dev.claudebench.method.Caller;
import dev.claudebench.method.Failure;
import io.smallrye.mutiny.Uni;

/** Stands around every call of every method, after its parameters have been checked. */
public interface CallGuard {

    /**
     * Carries out a call, or fails with the {@link Failure} that says why it may not be.
     *
     * @param method the method's name
     * @param caller who calls
     * @param call begins the call; not used when it may not be
     */
    Uni<Object> guard(String method, Caller caller, Supplier<Uni<Object>> call);
}
