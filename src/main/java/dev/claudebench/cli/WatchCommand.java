package dev.claudebench.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLEncoder;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.claudebench.method.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code cb watch}. */
@Command(name = "watch", description = "Prints what happens, until it is interrupted. After an outage it goes on where it was.")
final class WatchCommand implements Callable<Integer> {
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

    @ParentCommand
    private Main cb;

    @Option(names = "--type", split = ",", paramLabel = "<type>", description = "Only events of these types, such as task.completed.")
    private List<String> types = List.of();

    @Option(names = "--instance", split = ",", paramLabel = "<instanceId>", description = "Only events that are about these instances.")
    private List<String> instances = List.of();

    @Option(names = "--since", paramLabel = "<id>", description = "Begins after this event, or at this time in ms since 1970; 0 for all that is kept. Default: what happens from now on")
    private @Nullable String since;

    @Override
    public Integer call() throws InterruptedException {
        Stream<String> filters = Stream.concat(types.stream().map(type -> "type=" + encoded(type)),
                instances.stream().map(instance -> "instance=" + encoded(instance)));
        Stream<String> start = Stream.ofNullable(since).map(position -> "since=" + encoded(position));
        EventStream events = new EventStream(cb.connection.client(),
                Stream.concat(filters, start).collect(Collectors.joining("&", "?", "")));
        Backoff backoff = new Backoff(FIRST_PAUSE, LONGEST_PAUSE);
        boolean isLost = false;
        // Printing fails once nobody reads.
        while (!System.out.checkError()) {
            Duration retryAfter = Duration.ZERO;
            try {
                events.follow(this::print);
                isLost = false;
                backoff.reset();
            } catch (CommandFailure e) {
                if (!e.isTemporary() || !events.wasOpen()) {
                    throw e;
                }
                if (!isLost) {
                    System.err.println("cb: " + e.text() + "; trying again");
                }
                isLost = true;
                retryAfter = e.retryAfter();
            }
            backoff.pause(retryAfter);
        }
        return Exit.OK;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, UTF_8);
    }

    /** Returns whether anybody still reads. */
    private boolean print(EventStream.Event event) {
        Json.readObject(event.data()).ifPresent(data -> {
            ObjectNode all = Client.params().put("id", event.id());
            all.setAll(data);
            cb.connection.print(all, () -> System.out.println(Text.event(event.type(), data.path("payload"))));
        });
        return !System.out.checkError();
    }
}
