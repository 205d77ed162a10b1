package dev.claudebench.cli;

import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code cb work}. */
@Command(name = "work", showEndOfOptionsDelimiterInUsageHelp = true, description = {
        "Works on tasks: runs a command for each.",
        "The command gets the text of the task on standard input, and the task in CLAUDEBENCH_TASK_ID, _TEXT, _METADATA, _PRIORITY, "
                + "_ATTEMPTS and _CLAIM. Each line that it prints is progress (\"progress 40 tests written\" with a number of percent); "
                + "all the others are the result. With an exit code other than 0, the attempt is lost, with the end of standard error "
                + "as the error.",
        "Example: cb work --roles gpu -- claude -p"})
final class WorkCommand implements Callable<Integer> {
    /** What the service demands of who gets tasks. */
    private static final String WORKER = "worker";
    /** In which a command that is stopped ends, and its task is given back. */
    private static final Duration STOP_TIME = Duration.ofSeconds(30);

    private static final Pattern SECONDS = Pattern.compile("[1-9][0-9]{0,5}");

    @ParentCommand
    private Main cb;

    @Option(names = "--roles", split = ",", paramLabel = "<role>", description = "Roles beside worker. Default: $CLAUDEBENCH_ROLES")
    private @Nullable List<String> roles;

    @Option(names = "--id", paramLabel = "<instanceId>", description = "Default: $CLAUDEBENCH_INSTANCE_ID, else host name and process id")
    private @Nullable String id;

    @Option(names = "--capacity", paramLabel = "<1-100>", defaultValue = "1", description = "How many tasks at a time. Default: ${DEFAULT-VALUE}")
    private int capacity;

    @Option(names = "--lease", paramLabel = "<duration>", description = "How long the command may print nothing, such as 10m: it is stopped then, and the attempt is lost. Default: for ever")
    private @Nullable Duration lease;

    @Option(names = "--drain", paramLabel = "<duration>", defaultValue = "0s", description = "How long the command may go on after SIGTERM or SIGINT, before it is stopped and its task given back. Default: ${DEFAULT-VALUE}")
    private Duration drain = Duration.ZERO;

    @Option(names = "--heartbeat", paramLabel = "<duration>", description = "A third of the time to live of the service. Default: $CLAUDEBENCH_HEARTBEAT_SECONDS, else 10s")
    private @Nullable Duration heartbeat;

    @Option(names = "--once", description = "Ends after one task, with 4 if it has failed, or with 6 when there is none.")
    private boolean once;

    @Parameters(paramLabel = "<command>", arity = "1..*", description = "The program to run, and its arguments.")
    private List<String> command = List.of();

    @Override
    public Integer call() throws InterruptedException, IOException {
        if (capacity < 1) {
            throw CommandFailure.usage("--capacity must be 1 or more");
        }
        if (lease != null && lease.isZero()) {
            throw CommandFailure.usage("--lease must be more than 0");
        }
        LastingClient client = new LastingClient(cb.connection.client());
        int slots = once ? 1 : capacity;
        Instance instance = new Instance(client, instanceId(), allRoles(), slots, beat());
        Worker worker = new Worker(client, instance, command, slots, lease, once, cb.connection::printJson);
        CountDownLatch ended = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            worker.stop(drain);
            try {
                ended.await(drain.plus(STOP_TIME).toMillis(), TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }, "stop"));
        try {
            return worker.run();
        } finally {
            ended.countDown();
        }
    }

    private Set<String> allRoles() {
        Set<String> all = new LinkedHashSet<>(List.of(WORKER));
        all.addAll(roles != null
                ? roles
                : Connection.variable("CLAUDEBENCH_ROLES")
                        .map(names -> List.of(names.strip().split("[, ]+")))
                        .orElse(List.of()));
        return all;
    }

    private Duration beat() {
        if (heartbeat != null) {
            if (heartbeat.isZero()) {
                throw CommandFailure.usage("--heartbeat must be more than 0");
            }
            return heartbeat;
        }
        String seconds = Connection.variable("CLAUDEBENCH_HEARTBEAT_SECONDS").orElse("10");
        if (!SECONDS.matcher(seconds).matches()) {
            throw CommandFailure
                    .usage("CLAUDEBENCH_HEARTBEAT_SECONDS must be a number of seconds from 1 on, such as 10");
        }
        return Duration.ofSeconds(Long.parseLong(seconds));
    }

    private String instanceId() throws IOException, InterruptedException {
        return id != null
                ? id
                : Connection.variable("CLAUDEBENCH_INSTANCE_ID")
                        .orElse(Instance.host() + "-" + ProcessHandle.current().pid());
    }
}
