package dev.claudebench.state;

import static java.time.temporal.ChronoUnit.SECONDS;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.ApplicationScoped;

import org.eclipse.microprofile.faulttolerance.CircuitBreaker;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;

import dev.claudebench.method.CallContext;
import dev.claudebench.method.NoParams;
import dev.claudebench.method.Permission;
import dev.claudebench.method.RateLimited;
import dev.claudebench.method.RpcMethod;
import dev.claudebench.redis.Reply;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.faulttolerance.api.CircuitBreakerName;
import io.smallrye.mutiny.Uni;

@ApplicationScoped
@RegisterForReflection
class HistoryMethod implements RpcMethod<NoParams, HistoryMethod.Result> {
    private static final long MINUTE = Duration.ofMinutes(1).toMillis();

    private final StateStore states;

    HistoryMethod(StateStore states) {
        this.states = states;
    }

    record Result(@JsonPropertyDescription("oldest first") List<Minute> minutes) {

        /** Pairs each snapshot with the one a minute before. What happened while none was made is of no known minute. */
        static Result from(Reply reply) {
            List<Map<String, Long>> snapshots = reply.list("snapshots").stream().map(Reply::numbers).toList();
            List<Minute> minutes = new ArrayList<>();
            for (int i = 1; i < snapshots.size(); i++) {
                Minute minute = Minute.between(snapshots.get(i - 1), snapshots.get(i));
                if (number(snapshots.get(i), "minute") == minute.from() + MINUTE) {
                    minutes.add(minute);
                }
            }
            return new Result(List.copyOf(minutes));
        }
    }

    record Minute(
            @JsonPropertyDescription("when it began, in ms since 1970") long from,
            @JsonPropertyDescription("tasks created in it") long created,
            @JsonPropertyDescription("tasks completed in it") long completed,
            @JsonPropertyDescription("attempts lost in it") long failed,
            @JsonPropertyDescription("tasks that died in it: their last attempt was lost") long died,
            @JsonPropertyDescription("tasks cancelled in it") long cancelled,
            @JsonPropertyDescription("calls in it, of all methods, successful or not") long calls,
            @JsonPropertyDescription("calls that a rate limit, a circuit breaker or the overload limit refused in it") long refusals,
            @JsonPropertyDescription("tasks that were pending at its end") long pending,
            @JsonPropertyDescription("tasks that were in progress at its end") long inProgress,
            @JsonPropertyDescription("workers at its end") long workers) {

        private static Minute between(Map<String, Long> start, Map<String, Long> end) {
            return new Minute(number(start, "minute"), rise(start, end, "tasksCreated"),
                    rise(start, end, "tasksCompleted"), rise(start, end, "tasksFailed"),
                    rise(start, end, "tasksDied"), rise(start, end, "tasksCancelled"), rise(start, end, "calls"),
                    rise(start, end, "refusals"), number(end, "tasksPending"), number(end, "tasksInProgress"),
                    number(end, "workers"));
        }

        /** A total falls when Redis has lost its last writes. */
        private static long rise(Map<String, Long> start, Map<String, Long> end, String total) {
            return Math.max(0, number(end, total) - number(start, total));
        }
    }

    private static long number(Map<String, Long> snapshot, String name) {
        return snapshot.getOrDefault(name, 0L);
    }

    @Override
    public String name() {
        return "system.history";
    }

    @Override
    public String description() {
        return """
               Returns what happened in each of the last 60 whole minutes. A minute is left out if the service did not \
               run at its beginning and its end.""";
    }

    @Override
    @RolesAllowed(Permission.VIEWER)
    @CircuitBreaker(delay = 1, delayUnit = SECONDS)
    @CircuitBreakerName("system.history")
    @RateLimited(limit = 600)
    public Uni<Result> call(NoParams params, CallContext context) {
        return states.history(context);
    }
}
