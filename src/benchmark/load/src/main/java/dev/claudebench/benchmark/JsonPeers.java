package dev.claudebench.benchmark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.claudebench.support.FleetFiller.Fleet;
import dev.claudebench.support.RedisProcess;

/** Programs that are called as the service is, by JSON-RPC: the service itself and what a team would write by hand. */
final class JsonPeers {
    /** The name of the service, with which the others are compared; that with {@code fsync} begins with it. */
    static final String COORDINATOR = "coordinator";
    private static final Fleet EMPTY = new Fleet(0, 0, 0, 0, 0);
    private static final Pattern TASK = Pattern.compile("\"taskId\":\"([^\"]+)\"");

    private final Settings settings;

    JsonPeers(Settings settings) {
        this.settings = settings;
    }

    /** The service. */
    Peer coordinator() {
        return peer(COORDINATOR, "this release; Redis without AOF and snapshots", all(Peer.NONE), "/rpc",
                () -> service(new RedisProcess()));
    }

    /** The service whose Redis writes each change to disk before it answers. */
    Peer coordinatorWithFsync() {
        return peer(COORDINATOR + ", fsync", "this release; Redis with `appendonly yes`, `appendfsync always`",
                Map.of(Work.REGISTRATION, Peer.FSYNC), "/rpc",
                () -> service(new RedisProcess("--appendonly", "yes", "--appendfsync", "always")));
    }

    /** Five commands in {@code MULTI} for each change. */
    Peer byHand() {
        return peer("MULTI by hand",
                "Quarkus REST, the same Redis client and settings of Redis; five commands in `MULTI`",
                all(Peer.NONE), "/multi", () -> Stand.floor(settings));
    }

    private Stand service(RedisProcess redis) {
        List<String> options = new ArrayList<>(LoadRun.farQuotas());
        options.add(LoadRun.NOBODY_EXPIRES);
        return Stand.service("service", settings.service(), settings, Stand.Limits.UNREACHED, redis, EMPTY, options);
    }

    private static Map<Work, String> all(String durability) {
        return Map.of(Work.REGISTRATION, durability, Work.HEARTBEAT, durability, Work.TASK, durability);
    }

    private static Peer peer(String name, String about, Map<Work, String> durability, String path,
            Supplier<Stand> starter) {
        return new Peer(name, about, durability, Optional.empty(), work -> start(starter.get(), path, work));
    }

    private static Peer.Running start(Stand stand, String path, Work work) {
        Calls calls = new Calls(Work.FLEET);
        PeerClients clients = new PeerClients(() -> stand.usage().cpu().plus(stand.usage().redisCpu()), stand,
                number -> connect(stand.base(), path, calls, work, "w" + number));
        if (work == Work.HEARTBEAT) {
            try (OneClient client = new OneClient(stand.base())) {
                for (String registration : calls.registerFleet()) {
                    client.call(path, registration);
                }
            } catch (IOException e) {
                clients.close();
                throw new UncheckedIOException(e);
            }
        }
        return clients;
    }

    private static PeerClients.Client connect(URI base, String path, Calls calls, Work work, String worker)
            throws IOException {
        OneClient client = new OneClient(base);
        return new PeerClients.Client(switch (work) {
            case REGISTRATION -> () -> client.call(path, calls.register());
            case HEARTBEAT -> () -> client.call(path, calls.heartbeat());
            case TASK -> {
                client.call(path, calls.register(worker, "worker"));
                yield () -> roundTrip(client, path, calls, worker);
            }
        }, client);
    }

    private static void roundTrip(OneClient client, String path, Calls calls, String worker) throws IOException {
        client.call(path, calls.create());
        String claimed = client.send("POST", path, calls.claim(worker));
        Matcher task = TASK.matcher(claimed);
        if (!task.find()) {
            throw new IOException("no task: " + claimed);
        }
        client.call(path, calls.complete(task.group(1), worker));
    }
}
