package dev.claudebench.bench;

import static java.time.temporal.ChronoUnit.SECONDS;

import java.util.List;
import java.util.Objects;

import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.ApplicationScoped;

import org.eclipse.microprofile.faulttolerance.CircuitBreaker;
import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;

import dev.claudebench.method.CallContext;
import dev.claudebench.method.IntRange;
import dev.claudebench.method.Permission;
import dev.claudebench.method.RateLimited;
import dev.claudebench.method.RpcMethod;
import dev.claudebench.redis.Cursor;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.faulttolerance.api.CircuitBreakerName;
import io.smallrye.mutiny.Uni;

@ApplicationScoped
@RegisterForReflection
class BenchListMethod implements RpcMethod<BenchListMethod.Params, BenchListMethod.Result> {
    /** The name of the list in its cursors. */
    static final String LIST = "bench.list";
    private static final int DEFAULT_LIMIT = 100;

    private final BenchStore benches;

    BenchListMethod(BenchStore benches) {
        this.benches = benches;
    }

    record Params(
            @IntRange(min = 1, max = 1000)
            @JsonProperty(defaultValue = "" + DEFAULT_LIMIT)
            @JsonPropertyDescription("maximum length of a page") @Nullable Integer limit,
            @JsonPropertyDescription("cursor of the previous page; left out for the first page")
            @Nullable String cursor) {
        Params {
            Cursor.of(LIST, cursor);
        }

        Cursor position() {
            return Cursor.of(LIST, cursor);
        }
    }

    record Result(
            @JsonPropertyDescription("names, in alphabetical order") List<String> benches,
            @JsonInclude(JsonInclude.Include.NON_NULL)
            @JsonPropertyDescription("cursor for the next page; left out on the last page")
            @Nullable String cursor) {
        Result {
            benches = List.copyOf(benches);
        }
    }

    @Override
    public String name() {
        return LIST;
    }

    @Override
    public String description() {
        return """
               Lists the benches that have something, in pages, except `default`, which is always there. Benches that the \
               credentials are not for are left out, so a page may be short, or even empty, although it has a `cursor`.""";
    }

    @Override
    @RolesAllowed(Permission.VIEWER)
    @CircuitBreaker(delay = 1, delayUnit = SECONDS)
    @CircuitBreakerName(LIST)
    @RateLimited(limit = 600)
    public Uni<Result> call(Params params, CallContext context) {
        return benches.list(params, Objects.requireNonNullElse(params.limit(), DEFAULT_LIMIT), context);
    }
}
