package dev.claudebench.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.claudebench.method.Json;
import dev.claudebench.task.Task;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** The commands for tasks. */
@Command(name = "task", description = "Creates tasks, shows them, and waits for them.")
final class TaskCommand {
    static final String[] MEMBERS = {"id", "status", "priority", "attempts", "percent", "workerId", "text"};
    private static final String ID = "<taskId>";
    private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

    @ParentCommand
    private Main cb;

    @Command(description = "Creates a task, and prints its id.")
    int create(
            @Parameters(paramLabel = "<text>", description = "What is to be done; - reads it from standard input.") String text,
            @Option(names = "--priority", paramLabel = "<0-100>", description = "Higher ones are begun first. Default: 50")
            @Nullable Integer priority,
            @Option(names = "--roles", split = ",", paramLabel = "<role>", description = "Roles that a worker must have.")
            @Nullable List<String> roles,
            @Option(names = "--metadata", paramLabel = "<json>", description = "A JSON object.")
            @Nullable String metadata,
            @Option(names = "--depends-on", split = ",", paramLabel = ID, description = "Tasks that must be completed before.")
            @Nullable List<String> dependsOn,
            @Option(names = "--resources", split = ",", paramLabel = "<path>", description = "Paths that the task holds exclusively.")
            @Nullable List<String> resources,
            @Option(names = "--lease", paramLabel = "<duration>", description = "How long a worker may be silent about it, such as 90s or 10m.")
            @Nullable Duration lease,
            @Option(names = "--delay", paramLabel = "<duration>", description = "How long it must not be begun yet.")
            @Nullable Duration delay,
            @Option(names = "--run-at", paramLabel = "<time>", description = "When it may be begun, such as 2027-01-31T18:00:00Z.")
            @Nullable Instant runAt,
            @Option(names = "--max-attempts", paramLabel = "<number>", description = "Lost attempts after which it is dead.")
            @Nullable Integer maxAttempts,
            @Option(names = "--idempotency-key", paramLabel = "<key>", description = "Makes repeated calls return the same task. Default: a new one, which is printed if the task may have been created without an answer")
            @Nullable String idempotencyKey)
            throws IOException, InterruptedException {
        ObjectNode params = Client.params();
        params.put("text", text.equals("-") ? standardInput() : text);
        params.put("priority", priority);
        params.set("roles", Json.MAPPER.valueToTree(roles));
        params.set("metadata", metadata == null ? null : object(metadata));
        params.set("dependsOn", Json.MAPPER.valueToTree(dependsOn));
        params.set("resources", Json.MAPPER.valueToTree(resources));
        params.put("leaseMs", lease == null ? null : lease.toMillis());
        params.put("delayMs", delay == null ? null : delay.toMillis());
        params.put("runAt", runAt == null ? null : runAt.toEpochMilli());
        params.put("maxAttempts", maxAttempts);
        String key = idempotencyKey == null ? UUID.randomUUID().toString() : idempotencyKey;
        try {
            JsonNode task = cb.connection.client().call("task.create", params.put("idempotencyKey", key));
            cb.connection.print(task, () -> System.out.println(task.get("id").asText()));
            return Exit.OK;
        } catch (CommandFailure e) {
            throw e.isUncertain()
                    ? e.saying("; the task may have been created: repeat the command with --idempotency-key " + key)
                    : e;
        }
    }

    private static String standardInput() throws IOException {
        return new String(System.in.readAllBytes(), StandardCharsets.UTF_8).strip();
    }

    private static ObjectNode object(String json) {
        return Json.readObject(json)
                .orElseThrow(() -> CommandFailure.usage("--metadata must be a JSON object, such as {\"pr\": 7}"));
    }

    @Command(description = "Lists tasks in the order of their creation.")
    int list(
            @Option(names = "--status", paramLabel = "<status>", completionCandidates = Statuses.class, description = "Only those that are ${COMPLETION-CANDIDATES}.")
            @Nullable String status,
            @Option(names = "--worker", paramLabel = "<instanceId>", description = "Only those that this instance has.")
            @Nullable String worker,
            @Option(names = "--limit", paramLabel = "<number>", defaultValue = "100", description = "At most so many. Default: ${DEFAULT-VALUE}") int limit)
            throws InterruptedException {
        ObjectNode tasks = cb.connection.client()
                .list("task.list", Client.params().put("status", status).put("workerId", worker), "tasks", limit);
        cb.connection.print(tasks, () -> Text.printPage(tasks, "tasks", MEMBERS));
        return Exit.OK;
    }

    @Command(description = "Shows a task with its history.")
    int get(@Parameters(paramLabel = ID) String taskId) throws InterruptedException {
        JsonNode found = cb.connection.client().call("task.get", Client.params().put("taskId", taskId));
        cb.connection.print(found, () -> show(found));
        return Exit.OK;
    }

    private static void show(JsonNode found) {
        JsonNode task = found.get("task");
        task.fieldNames().forEachRemaining(name -> {
            String value = name.equals("text") || name.equals("result") || name.equals("error")
                    ? Text.printable(Text.value(task.get(name)))
                    : Text.member(task, name);
            if (!value.isEmpty()) {
                System.out.println(name + ": " + value);
            }
        });
        found.path("dependencies")
                .forEach(each -> System.out.println("dependency: " + Text.member(each, "id") + " "
                        + Text.member(each, "status")));
        found.path("history").forEach(each -> System.out.println(Text.event(each.path("type").asText(), each)));
    }

    @Command(description = {"Waits until tasks have ended, and prints their results.",
            "Exits with 0 if all are completed, 4 if one is dead, 5 if one was cancelled, 6 if the time is over."})
    int wait(@Parameters(paramLabel = ID, arity = "1..*") List<String> taskIds,
            @Option(names = "--timeout", paramLabel = "<duration>", description = "How long to wait at most, such as 30s. Default: for ever")
            @Nullable Duration timeout)
            throws InterruptedException {
        Client client = cb.connection.client();
        Moment deadline = timeout == null ? Moment.NEVER : Moment.in(timeout);
        int exit = Exit.OK;
        for (String taskId : taskIds) {
            exit = Math.max(exit, awaitEnd(client, taskId, deadline));
        }
        return exit;
    }

    /** Asks again and again: a stream of events would carry those of all tasks. An outage of the service is waited out. */
    private int awaitEnd(Client client, String taskId, Moment deadline)
            throws InterruptedException {
        Backoff backoff = new Backoff(FIRST_PAUSE, LONGEST_PAUSE);
        Progress progress = new Progress();
        boolean wasReached = false;
        while (true) {
            Duration retryAfter = Duration.ZERO;
            try {
                JsonNode task = client.call("task.get", Client.params().put("taskId", taskId)).get("task");
                wasReached = true;
                if (task.has("completedAt")) {
                    progress.clear();
                    return ended(task);
                }
                progress.show(taskId + " " + Text.progress(task));
            } catch (CommandFailure e) {
                if (!e.isTemporary() || !wasReached) {
                    throw e;
                }
                retryAfter = e.retryAfter();
                progress.show(e.text());
            }
            if (deadline.isOver()) {
                progress.clear();
                System.err.println("cb: the task " + taskId + " has not ended in time");
                return Exit.NOTHING;
            }
            backoff.pause(retryAfter);
        }
    }

    private int ended(JsonNode task) {
        String status = task.get("status").asText();
        if (status.equals("completed")) {
            cb.connection.print(task, () -> System.out.println(Text.printable(Text.value(task.path("result")))));
            return Exit.OK;
        }
        cb.connection.printJson(task);
        String why = Text.member(task, status.equals("dead") && task.has("error") ? "error" : "reason");
        System.err.println("cb: the task " + Text.member(task, "id") + " is " + status
                + (why.isEmpty() ? "" : ": " + why));
        return status.equals("dead") ? Exit.FAILED : Exit.CANCELLED;
    }

    @Command(description = "Ends a task at once, whoever has it.")
    int cancel(@Parameters(paramLabel = ID) String taskId,
            @Option(names = "--reason", paramLabel = "<text>", description = "Why.") @Nullable String reason)
            throws InterruptedException {
        return change("task.cancel", Client.params().put("taskId", taskId).put("reason", reason));
    }

    @Command(description = "Gives a dead or cancelled task all its attempts again.")
    int retry(@Parameters(paramLabel = ID) String taskId) throws InterruptedException {
        return change("task.retry", Client.params().put("taskId", taskId));
    }

    private int change(String method, ObjectNode params) throws InterruptedException {
        JsonNode task = cb.connection.client().call(method, params);
        cb.connection.print(task,
                () -> System.out.println(Text.member(task, "id") + " is " + Text.member(task, "status")));
        return Exit.OK;
    }

    /** What a shell proposes. */
    static final class Statuses implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Stream.of(Task.Status.values()).map(Task.Status::word).iterator();
        }
    }
}
