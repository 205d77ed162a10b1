package dev.claudebench.rpc;

import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.ApplicationScoped;

import org.eclipse.microprofile.faulttolerance.CircuitBreaker;

import dev.claudebench.method.CallContext;
import dev.claudebench.method.NoParams;
import dev.claudebench.method.Permission;
import dev.claudebench.method.RateLimited;
import dev.claudebench.method.RpcMethod;
import io.smallrye.faulttolerance.api.CircuitBreakerName;
import io.smallrye.mutiny.Uni;

/** Methods with defects, for tests only. */
final class FaultyMethods {
    /** In the messages of all exceptions that they throw. */
    static final String SECRET = "hunter2";

    private FaultyMethods() {}

    /** Fails unexpectedly, with a message that callers must not see. */
    @ApplicationScoped
    static class Broken implements RpcMethod<NoParams, String> {
        @Override
        public String name() {
            return "test.broken";
        }

        @Override
        public String description() {
            return "";
        }

        @Override
        @RolesAllowed(Permission.VIEWER)
        @CircuitBreaker
        @CircuitBreakerName("test.broken")
        @RateLimited(limit = 0)
        public Uni<String> call(NoParams params, CallContext context) {
            return Uni.createFrom().failure(new IllegalStateException(SECRET));
        }
    }

    /** Has a result that Jackson cannot write. */
    @ApplicationScoped
    static class Unwritable implements RpcMethod<NoParams, Unwritable.Result> {
        record Result(String text) {
            @Override
            public String text() {
                throw new IllegalStateException(SECRET);
            }
        }

        @Override
        public String name() {
            return "test.unwritable";
        }

        @Override
        public String description() {
            return "";
        }

        @Override
        @RolesAllowed(Permission.VIEWER)
        @CircuitBreaker
        @CircuitBreakerName("test.unwritable")
        @RateLimited(limit = 0)
        public Uni<Result> call(NoParams params, CallContext context) {
            return Uni.createFrom().item(new Result(""));
        }
    }
}
