package dev.claudebench.bench;

import static java.time.temporal.ChronoUnit.SECONDS;

import java.util.List;
import java.util.Map;

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
class BenchGetMethod implements RpcMethod<BenchGetMethod.Params, BenchGetMethod.Result> {
    private static final String NOT_FOUND = "bench_not_found";

    private final BenchStore benches;

    BenchGetMethod(BenchStore benches) {
        this.benches = benches;
    }

    record Params(@PlainText(max = 63) @JsonPropertyDescription("name of the bench") String name) {}

    record Result(
            String name,
            @JsonPropertyDescription("number of live instances") long instances,
            @JsonPropertyDescription("number of tasks by status; ended ones as long as they are kept") Map<String, Long> tasks,
            @JsonPropertyDescription("null if there is none") @Nullable Leader leader,
            @JsonPropertyDescription("version of its state") long version) {

        static Result from(Bench bench, Reply reply) {
            String leader = reply.text("leader");
            return new Result(bench.name(), reply.number("instances"), reply.field("tasks").numbers(),
                    leader.isEmpty() ? null : new Leader(leader, reply.number("term")), reply.number("version"));
        }
    }

    record Leader(
            String id,
            @JsonPropertyDescription("term of its election, the fencing token") long term) {}

    @Override
    public String name() {
        return "bench.get";
    }

    @Override
    public String description() {
        return "Returns the size of a bench, which the credentials must be for.";
    }

    @Override
    public List<String> refusals() {
        return List.of(NOT_FOUND);
    }

    @Override
    @RolesAllowed(Permission.VIEWER)
    @CircuitBreaker(delay = 1, delayUnit = SECONDS)
    @CircuitBreakerName("bench.get")
    @RateLimited(limit = 6000)
    public Uni<Result> call(Params params, CallContext context) {
        return Bench.named(params.name())
                .filter(context.caller()::mayUse)
                .map(bench -> benches.get(bench, context))
                .orElseThrow(() -> new Failure.Refused(NOT_FOUND, null));
    }
}
