package dev.claudebench.cli;

import java.util.concurrent.Callable;
import java.util.stream.Collectors;

import com.fasterxml.jackson.databind.JsonNode;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code cb state}. */
@Command(name = "state", description = "Shows the fleet: the leader, the instances, the tasks that have not ended.")
final class StateCommand implements Callable<Integer> {
    @ParentCommand
    private Main cb;

    @Option(names = "--limit", paramLabel = "<number>", defaultValue = "100", description = "At most so many instances, and so many tasks. Default: ${DEFAULT-VALUE}")
    private int limit;

    @Override
    public Integer call() throws InterruptedException {
        JsonNode state = cb.connection.client().call("system.get_state", Client.params().put("limit", limit));
        cb.connection.print(state, () -> show(state));
        return Exit.OK;
    }

    private static void show(JsonNode state) {
        JsonNode leader = state.path("leader");
        System.out.println("version " + state.path("version").asText() + ", leader "
                + (leader.isObject()
                        ? Text.member(leader, "id") + " (term " + leader.path("term").asText() + ")"
                        : "none"));
        System.out.println();
        Text.printTable(state.path("instances"), InstancesCommand.MEMBERS);
        System.out.println();
        System.out.println("tasks: " + state.at("/totals/tasks")
                .properties()
                .stream()
                .map(total -> total.getValue().asText() + " " + total.getKey())
                .collect(Collectors.joining(", ")));
        Text.printTable(state.path("tasks"), TaskCommand.MEMBERS);
        if (state.path("truncated").asBoolean()) {
            System.err.println("cb: there are more; raise --limit");
        }
    }
}
