package dev.claudebench.benchmark;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.URI;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.PutOption;

/**
 * etcd. A registration grants a lease, then puts the key of the agent in a transaction that needs the key to be new. A heartbeat keeps
 * the lease alive.
 */
final class EtcdPeers {
    private static final String ETCD = "etcd";
    private static final String AGENT = "{\"roles\":[\"worker\"],\"metadata\":{\"host\":\"node-17\",\"pid\":4711}}";
    private static final Pattern LEASE = Pattern.compile("\"ID\":\"(\\d+)\"");

    private EtcdPeers() {}

    /** One of the two protocols. */
    private interface Api extends AutoCloseable {
        /** Returns the lease. */
        long register(String key) throws Exception;

        void keepAlive(long lease) throws Exception;

        @Override
        void close() throws IOException;
    }

    private interface Connector {
        Api connect(URI server) throws Exception;
    }

    /** By the gateway, which takes JSON. */
    static Peer json() {
        return peer("etcd, JSON", "a connection for each client", Gateway::new);
    }

    /** By gRPC. */
    static Peer grpc() {
        return peer("etcd, gRPC", "`jetcd`, one channel for all clients", Grpc::new);
    }

    private static Peer peer(String name, String client, Connector connector) {
        // etcd keeps the times of renewals in memory
        return new Peer(name,
                PeerProcess.firstLine(ETCD, "--version").replace("Version: ", "") + ", defaults; " + client,
                Map.of(Work.REGISTRATION, Peer.FSYNC, Work.HEARTBEAT, Peer.NONE), PeerProcess.missing(ETCD),
                work -> start(work, connector));
    }

    private static Peer.Running start(Work work, Connector connector) {
        URI server = PeerProcess.freeUri("http");
        PeerProcess etcd = PeerProcess.start(folder -> List.of(ETCD, "--data-dir", folder.resolve("data").toString(),
                "--listen-client-urls", server.toString(), "--advertise-client-urls", server.toString(),
                "--listen-peer-urls", "http://127.0.0.1:0", "--log-level", "error"),
                () -> health(server));
        AtomicInteger counter = new AtomicInteger();
        long[] leases = new long[Work.FLEET];
        return new PeerClients(etcd::cpu, etcd, number -> {
            Api api = connector.connect(server);
            if (work == Work.HEARTBEAT && number == 0) {
                for (int i = 0; i < leases.length; i++) {
                    leases[i] = api.register("fleet/" + i);
                }
            }
            return new PeerClients.Client(work == Work.HEARTBEAT
                    ? () -> api.keepAlive(leases[counter.getAndIncrement() % leases.length])
                    : () -> api.register("agents/" + counter.getAndIncrement()), api);
        });
    }

    private static String health(URI server) throws IOException {
        try (OneClient client = new OneClient(server)) {
            return client.send("GET", "/health", "");
        }
    }

    private static final class Gateway implements Api {
        private final OneClient client;

        Gateway(URI server) throws IOException {
            client = new OneClient(server);
        }

        @Override
        public long register(String key) throws IOException {
            String granted = client.send("POST", "/v3/lease/grant", "{\"TTL\":" + Work.TTL_SECONDS + "}");
            Matcher lease = LEASE.matcher(granted);
            if (!lease.find()) {
                throw new IOException("no lease: " + granted);
            }
            String put = client.send("POST", "/v3/kv/txn",
                    """
                    {"compare":[{"target":"CREATE","result":"EQUAL","key":"%1$s","create_revision":"0"}],\
                    "success":[{"request_put":{"key":"%1$s","value":"%2$s","lease":"%3$s"}}]}"""
                            .formatted(base64(key), base64(AGENT), lease.group(1)));
            check(put.contains("\"succeeded\":true"), put);
            return Long.parseLong(lease.group(1));
        }

        @Override
        public void keepAlive(long lease) throws IOException {
            String kept = client.send("POST", "/v3/lease/keepalive", "{\"ID\":\"" + lease + "\"}");
            check(kept.contains("\"TTL\""), kept);
        }

        private static String base64(String text) {
            return Base64.getEncoder().encodeToString(text.getBytes(US_ASCII));
        }

        @Override
        public void close() throws IOException {
            client.close();
        }
    }

    private static final class Grpc implements Api {
        private final Client client;

        Grpc(URI server) {
            client = Client.builder().endpoints(server).build();
        }

        @Override
        public long register(String name) throws Exception {
            long lease = client.getLeaseClient().grant(Work.TTL_SECONDS).get().getID();
            ByteSequence key = ByteSequence.from(name, US_ASCII);
            var put = client.getKVClient()
                    .txn()
                    .If(new Cmp(key, Cmp.Op.EQUAL, CmpTarget.createRevision(0)))
                    .Then(Op.put(key, ByteSequence.from(AGENT, US_ASCII),
                            PutOption.builder().withLeaseId(lease).build()))
                    .commit()
                    .get();
            check(put.isSucceeded(), name);
            return lease;
        }

        @Override
        public void keepAlive(long lease) throws Exception {
            check(client.getLeaseClient().keepAliveOnce(lease).get().getTTL() > 0, "a lease has ended");
        }

        @Override
        public void close() {
            client.close();
        }
    }

    private static void check(boolean succeeded, String otherwise) throws IOException {
        if (!succeeded) {
            throw new IOException(otherwise);
        }
    }
}
