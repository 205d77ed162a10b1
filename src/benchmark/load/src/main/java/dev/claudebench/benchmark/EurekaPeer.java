package dev.claudebench.benchmark;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** Eureka, one server without others. It keeps all in memory. */
final class EurekaPeer {
    private static final String AGENTS = "/eureka/apps/AGENT";
    private static final String AGENT = """
                                        {"instance":{"instanceId":"%s","hostName":"node-17","app":"AGENT","ipAddr":"127.0.0.1","status":"UP",\
                                        "port":{"$":4711,"@enabled":"true"},"leaseInfo":{"durationInSecs":%d},"metadata":{"roles":"worker"},\
                                        "dataCenterInfo":{"@class":"com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo","name":"MyOwn"}}}""";
    /** All new agents stay in its heap. */
    private static final String HEAP = "-Xmx2g";

    private EurekaPeer() {}

    static Peer peer() {
        Path jar = Path.of(Settings.text("eureka"));
        return new Peer("Eureka", "eureka-server of spring-cloud-netflix " + Settings.text("eureka.version") + ", `"
                + HEAP + "`, no log line for each registration; a connection for each client",
                Map.of(Work.REGISTRATION, Peer.NONE, Work.HEARTBEAT, Peer.NONE),
                Files.exists(jar) ? Optional.empty() : Optional.of("its package is not built"),
                work -> start(work, jar));
    }

    private static Peer.Running start(Work work, Path jar) {
        URI server = PeerProcess.freeUri("http");
        PeerProcess eureka = PeerProcess.start(folder -> List.of(
                ProcessHandle.current().info().command().orElseThrow(), HEAP, "-XX:+UseSerialGC", "-jar",
                jar.toString(),
                "--server.address=" + server.getHost(), "--server.port=" + server.getPort(),
                // by default, a connection is closed after 100 requests, or 20 s of the turns of others
                "--server.tomcat.max-keep-alive-requests=-1", "--server.tomcat.keep-alive-timeout=1h",
                "--logging.level.com.netflix=warn",
                "--eureka.instance.hostname=" + server.getHost(), "--eureka.client.register-with-eureka=false",
                "--eureka.client.fetch-registry=false",
                "--eureka.client.service-url.defaultZone=" + server + "/eureka/"),
                () -> registerFleet(server));
        AtomicInteger counter = new AtomicInteger();
        return new PeerClients(eureka::cpu, eureka, number -> {
            OneClient client = new OneClient(server);
            return new PeerClients.Client(work == Work.HEARTBEAT
                    ? () -> client.send("PUT", AGENTS + "/i" + counter.getAndIncrement() % Work.FLEET, "")
                    : () -> register(client, "new-" + counter.getAndIncrement()), client);
        });
    }

    private static boolean registerFleet(URI server) throws IOException {
        try (OneClient client = new OneClient(server)) {
            for (int i = 0; i < Work.FLEET; i++) {
                register(client, "i" + i);
            }
            return true;
        }
    }

    private static void register(OneClient client, String id) throws IOException {
        client.send("POST", AGENTS, AGENT.formatted(id, Work.TTL_SECONDS));
    }
}
