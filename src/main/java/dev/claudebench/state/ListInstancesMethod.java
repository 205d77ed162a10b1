package dev.claudebench.state;

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
import dev.claudebench.method.PlainText;
import dev.claudebench.method.RateLimited;
import dev.claudebench.method.RpcMethod;
import dev.claudebench.redis.Cursor;
import dev.claudebench.redis.Reply;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.faulttolerance.api.CircuitBreakerName;
import io.smallrye.mutiny.Uni;

@ApplicationScoped
@RegisterForReflection
class ListInstancesMethod implements RpcMethod<ListInstancesMethod.Params, ListInstancesMethod.Result> {
    private static final int DEFAULT_LIMIT = 100;

    private final StateStore states;

    ListInstancesMethod(StateStore states) {
        this.states = states;
    }

    record Params(
            @PlainText @JsonPropertyDescription("role of the instances; left out for all instances")
            @Nullable String role,
            @IntRange(min = 1, max = 1000)
            @JsonProperty(defaultValue = "" + DEFAULT_LIMIT)
            @JsonPropertyDescription("maximum length of a page; a page of large records is shorter (512 KiB in all)")
            @Nullable Integer limit,
            @JsonPropertyDescription("cursor of the previous page, for the same role; left out for the first page")
            @Nullable String cursor) {
        Params {
            Cursor.of(list(role), cursor);
        }

        private static String list(@Nullable String role) {
            return "system.list_instances\n" + Objects.toString(role, "");
        }

        String list() {
            return list(role);
        }

        Cursor position() {
            return Cursor.of(list(), cursor);
        }
    }

    record Result(
            List<FleetState.Member> instances,
            @JsonInclude(JsonInclude.Include.NON_NULL)
            @JsonPropertyDescription("cursor for the next page; left out on the last page")
            @Nullable String cursor) {

        static Result from(Reply reply, String list) {
            return new Result(reply.list("records").stream().map(FleetState.Member::from).toList(),
                    Cursor.next(list, reply));
        }
    }

    @Override
    public String name() {
        return "system.list_instances";
    }

    @Override
    public String description() {
        return """
               Lists the live instances in pages: those with the role `leader` first, then the longest registered. One \
               call examines at most 1,000 instances, so a page may be short, or even empty, although it has a `cursor`.""";
    }

    @Override
    @RolesAllowed(Permission.VIEWER)
    @CircuitBreaker(delay = 1000)
    @CircuitBreakerName("system.list_instances")
    @RateLimited(limit = 600)
    public Uni<Result> call(Params params, CallContext context) {
        return states.listInstances(params, Objects.requireNonNullElse(params.limit(), DEFAULT_LIMIT), context);
    }
}
