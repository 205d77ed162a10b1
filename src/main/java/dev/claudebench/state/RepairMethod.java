package dev.claudebench.state;

import static java.time.temporal.ChronoUnit.SECONDS;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.ApplicationScoped;

import org.eclipse.microprofile.faulttolerance.CircuitBreaker;
import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;

import dev.claudebench.bench.Benches;
import dev.claudebench.method.CallContext;
import dev.claudebench.method.Failure;
import dev.claudebench.method.Permission;
import dev.claudebench.method.RateLimited;
import dev.claudebench.method.RpcMethod;
import dev.claudebench.redis.Reply;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.faulttolerance.api.CircuitBreakerName;
import io.smallrye.mutiny.Uni;

@ApplicationScoped
@RegisterForReflection
class RepairMethod implements RpcMethod<RepairMethod.Params, RepairMethod.Result> {
    private final StateStore states;

    RepairMethod(StateStore states) {
        this.states = states;
    }

    record Params(
            @JsonPropertyDescription("cursor of the previous step; left out for the first step")
            @Nullable String cursor) {
        private static final Pattern CURSOR = Pattern.compile("([1-9]|10) (-inf|\\d{1,17}) (.{0,256})");

        Params {
            if (cursor != null && !CURSOR.matcher(cursor).matches()) {
                throw Failure.InvalidParams.of("cursor", "must be one that this method gave");
            }
        }

        /** The number of the index to walk, and the score and id behind which the page begins. */
        Object[] position() {
            Matcher parts = CURSOR.matcher(cursor == null ? "1 -inf " : cursor);
            return parts.matches() ? new Object[]{parts.group(1), parts.group(2), parts.group(3)} : new Object[0];
        }
    }

    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Result(
            @JsonPropertyDescription("number of entries of indexes that this step put right") long repaired,
            @JsonPropertyDescription("cursor for the next step; left out after the last one") @Nullable String cursor) {
        static Result from(Reply reply) {
            return new Result(reply.number("repaired"), reply.has("index")
                    ? reply.text("index") + " " + reply.text("score") + " " + reply.text("id")
                    : null);
        }
    }

    @Override
    public String name() {
        return "system.repair";
    }

    @Override
    public String description() {
        return """
               Compares the indexes in Redis with the records of instances and tasks, in steps of at most 100 entries, and \
               puts the indexes right: for keys that were deleted by hand or evicted. Call it until there is no `cursor`.""";
    }

    @Override
    public List<String> refusals() {
        return List.of(Benches.TOO_MANY);
    }

    @Override
    public boolean isIdempotent() {
        return true;
    }

    @Override
    @RolesAllowed(Permission.ADMIN)
    @CircuitBreaker(delay = 1, delayUnit = SECONDS)
    @CircuitBreakerName("system.repair")
    @RateLimited(limit = 6000)
    public Uni<Result> call(Params params, CallContext context) {
        return states.repair(params, context);
    }
}
