package dev.claudebench.rpc;

import jakarta.enterprise.context.ApplicationScoped;

import dev.claudebench.method.Caller;
import dev.claudebench.method.NoParams;
import dev.claudebench.method.RpcMethod;
import io.smallrye.mutiny.Uni;

/** Methods that go wrong in the ways that ours must not; they are there in tests alone. */
final class FaultyMethods {
    /** In the messages of all that they throw. */
    static final String SECRET = "hunter2";

    private FaultyMethods() {}

    record NoParams() {}

    /** Has a defect that it tells too much of. */
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
        public Class<NoParams> paramsType() {
            return NoParams.class;
        }

        @Override
        public Uni<String> call(NoParams params, Caller caller) {
            return Uni.createFrom().failure(new IllegalStateException(SECRET));
        }
    }

    /** Has a result that Jackson fails on. */
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
        public Class<NoParams> paramsType() {
            return NoParams.class;
        }

        @Override
        public Uni<Result> call(NoParams params, Caller caller) {
            return Uni.createFrom().item(new Result(""));
        }
    }

    /** What a guard that denies access does. */
    @ApplicationScoped
    static class Forbidden implements RpcMethod<NoParams, String> {
        @Override
        public String name() {
            return "test.forbidden";
        }

        @Override
        public String description() {
            return "";
        }

        @Override
        public Class<NoParams> paramsType() {
            return NoParams.class;
        }

        @Override
        public Uni<String> call(NoParams params, Caller caller) {
            throw new SecurityException(SECRET);
        }
    }
}
