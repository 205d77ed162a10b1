package dev.claudebench.cli;

import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.databind.node.ObjectNode;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code cb instances}. */
@Command(name = "instances", description = "Lists the instances that are alive.")
final class InstancesCommand implements Callable<Integer> {
    static final String[] MEMBERS = {"id", "health", "inProgress", "assigned", "capacity", "lastSeen", "roles"};

    @ParentCommand
    private Main cb;

    @Option(names = "--role", paramLabel = "<role>", description = "Only those with this role.")
    private @Nullable String role;

    @Option(names = "--limit", paramLabel = "<number>", defaultValue = "100", description = "At most so many. Default: ${DEFAULT-VALUE}")
    private int limit;

    @Override
    public Integer call() throws InterruptedException {
        ObjectNode instances = cb.connection.client()
                .list("system.list_instances", Client.params().put("role", role), "instances", limit);
        cb.connection.print(instances, () -> Text.printPage(instances, "instances", MEMBERS));
        return Exit.OK;
    }
}
