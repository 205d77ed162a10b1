package dev.claudebench.benchmark;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import io.nats.client.Connection;
import io.nats.client.JetStream;
import io.nats.client.JetStreamOptions;
import io.nats.client.JetStreamSubscription;
import io.nats.client.KeyValue;
import io.nats.client.KeyValueOptions;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.PullSubscribeOptions;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.KeyValueConfiguration;
import io.nats.client.api.RetentionPolicy;
import io.nats.client.api.StreamConfiguration;

/**
 * NATS JetStream. Registrations and heartbeats put the key of the agent into a bucket with a time to live. A task is published to a
 * work queue, pulled and acknowledged, and each of the three is confirmed.
 */
final class NatsPeer {
    private static final String SERVER = "nats-server";
    private static final String AGENTS = "agents";
    private static final String TASKS = "tasks";
    private static final String WORKERS = "workers";
    private static final byte[] AGENT = "{\"roles\":[\"worker\"],\"metadata\":{\"host\":\"node-17\",\"pid\":4711}}"
            .getBytes(US_ASCII);
    private static final byte[] TASK = "{\"text\":\"Look at a module and say what is wrong with it\",\"priority\":50}"
            .getBytes(US_ASCII);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private NatsPeer() {}

    static Peer peer() {
        return new Peer("NATS JetStream", PeerProcess.firstLine(SERVER, "--version")
                + ", files, synced every two minutes (default); `jnats`, a connection for each client",
                Map.of(Work.REGISTRATION, Peer.NONE, Work.HEARTBEAT, Peer.NONE, Work.TASK, Peer.NONE),
                PeerProcess.missing(SERVER), NatsPeer::start);
    }

    private static Peer.Running start(Work work) {
        URI uri = PeerProcess.freeUri("nats");
        PeerProcess server = PeerProcess.start(folder -> List.of(SERVER, "-js", "-sd", folder.toString(), "-a",
                uri.getHost(), "-p", String.valueOf(uri.getPort())), () -> prepare(uri));
        AtomicInteger counter = new AtomicInteger();
        return new PeerClients(server::cpu, server, number -> {
            Connection connection = Nats.connect(uri.toString());
            return new PeerClients.Client(call(work, connection, counter), connection);
        });
    }

    /** Makes the bucket, the work queue and its consumer. */
    @SuppressWarnings("try") // to close a connection may be interrupted
    private static boolean prepare(URI uri) throws Exception {
        try (Connection connection = Nats.connect(uri.toString())) {
            connection.keyValueManagement()
                    .create(KeyValueConfiguration.builder(AGENTS).ttl(Duration.ofSeconds(Work.TTL_SECONDS)).build());
            var streams = connection.jetStreamManagement();
            streams.addStream(StreamConfiguration.builder()
                    .name(TASKS)
                    .subjects(TASKS)
                    .retentionPolicy(RetentionPolicy.WorkQueue)
                    .build());
            streams.addOrUpdateConsumer(TASKS, ConsumerConfiguration.builder().durable(WORKERS).build());
            return true;
        }
    }

    private static PeerClients.Call call(Work work, Connection connection, AtomicInteger counter) throws Exception {
        JetStreamOptions patient = JetStreamOptions.builder().requestTimeout(PATIENCE).build();
        KeyValue agents = connection.keyValue(AGENTS, KeyValueOptions.builder().jetStreamOptions(patient).build());
        return switch (work) {
            case REGISTRATION -> () -> agents.put("i" + counter.getAndIncrement(), AGENT);
            case HEARTBEAT -> () -> agents.put("i" + counter.getAndIncrement() % Work.FLEET, AGENT);
            case TASK -> {
                JetStream stream = connection.jetStream(patient);
                JetStreamSubscription tasks = stream.subscribe(null, PullSubscribeOptions.bind(TASKS, WORKERS));
                yield () -> roundTrip(stream, tasks);
            }
        };
    }

    private static void roundTrip(JetStream stream, JetStreamSubscription tasks) throws Exception {
        stream.publish(TASKS, TASK);
        List<Message> taken = tasks.fetch(1, PATIENCE);
        if (taken.isEmpty()) {
            throw new IOException("no task");
        }
        taken.get(0).ackSync(PATIENCE);
    }
}
