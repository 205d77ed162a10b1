package dev.claudebench.bench;

import static java.time.temporal.ChronoUnit.SECONDS;

import java.util.List;

import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.ApplicationScoped;

import org.eclipse.microprofile.faulttolerance.CircuitBreaker;
import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;

import dev.claudebench.method.Bench;
import dev.claudebench.method.CallContext;
import dev.claudebench.method.Failure;
import dev.claudebench.method.Permission;
import dev.claudebench.method.PlainText;
import dev.claudebench.method.RateLimited;
import dev.claudebench.method.RpcMethod;
import dev.claudebench.redis.Reply;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.faulttolerance.api.CircuitBreakerName;
import io.smallrye.mutiny.Uni;

@ApplicationScoped
@RegisterForReflection
class BenchDeleteMethod implements RpcMethod<BenchDeleteMethod.Params, BenchDeleteMethod.Result> {
    private final BenchStore benches;

    BenchDeleteMethod(BenchStore benches) {
        this.benches = benches;
    }

    record Params(
            @PlainText(max = 63) @JsonPropertyDescription("name of the bench") String name,
            @JsonPropertyDescription("true to delete live instances, too") @Nullable Boolean force) {}

    record Result(
            @JsonPropertyDescription("number of instances and tasks that this call deleted") long deleted,
            @JsonPropertyDescription("whether something is left: repeat the call") boolean more) {
        static Result from(Reply reply) {
            if (reply.has("refused")) {
                throw new Failure.Refused(reply.text("refused"), null);
            }
            return new Result(reply.number("deleted"), reply.number("more") == 1);
        }
    }

    @Override
    public String name() {
        return "bench.delete";
    }

    @Override
    public String description() {
        return """
               Deletes everything in a bench, in steps of at most 100 tasks or 10 instances. Repeat the call while there is \
               `more`; a bench that is not there has nothing to delete. Refused while instances are alive, unless `force` is true; agents that go on can register again.""";
    }

    @Override
    public List<String> refusals() {
        return List.of("bench_has_instances");
    }

    @Override
    public boolean isIdempotent() {
        return true;
    }

    @Override
    public boolean isDestructive() {
        return true;
    }

    @Override
    @RolesAllowed(Permission.ADMIN)
    @CircuitBreaker(delay = 1, delayUnit = SECONDS)
    @CircuitBreakerName("bench.delete")
    @RateLimited(limit = 6000)
    public Uni<Result> call(Params params, CallContext context) {
        return Bench.named(params.name())
                .filter(context.caller()::mayUse)
                .map(bench -> benches.delete(bench, Boolean.TRUE.equals(params.force()), context))
                .orElseGet(() -> Uni.createFrom().item(new Result(0, false)));
    }
}
