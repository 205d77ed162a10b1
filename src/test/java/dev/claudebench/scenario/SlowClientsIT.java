package dev.claudebench.scenario;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import com.sun.management.UnixOperatingSystemMXBean;

import dev.claudebench.support.RedisProcess;
import dev.claudebench.support.Rpc;
import dev.claudebench.support.ServiceProcess;

/** Clients that are slow, silent or gone take nothing from the others. */
@Tag("slow")
class SlowClientsIT {
    /** What a service with a heap of 128 MiB may hold at most; the half of it is there before any client comes. */
    private static final long ENOUGH_MEBIBYTES = 450;
    private static final int IDLE = 10_000;
    private static final int MIDDLING = 15_000;
    private static final int LARGE = 900_000;
    private static final long BODY_SECONDS = 3;

    private final List<SocketChannel> clients = new ArrayList<>();
    private static RedisProcess redis;
    private static ServiceProcess service;

    @BeforeAll
    static void start() {
        redis = new RedisProcess().start();
        service = ServiceProcess.launch("-Xmx128m", "-Dquarkus.redis.hosts=" + redis.uri(),
                "-Dclaudebench.rpc.body-timeout=" + BODY_SECONDS + "s",
                "-Dclaudebench.rate-limit.\"task.create\".limit=0",
                "-Dclaudebench.rate-limit.\"task.list\".limit=0").awaitReady();
    }

    @AfterAll
    static void end() {
        service.close();
        redis.close();
    }

    @AfterEach
    void leave() throws IOException {
        for (SocketChannel client : clients) {
            client.close();
        }
        clients.clear();
    }

    @Test
    void bodySentByteByByteIsAnswered() throws IOException {
        SocketChannel client = connect();
        byte[] body = "{\"jsonrpc\":\"2.0\",\"method\":\"task.create\",\"params\":{\"text\":\"slow\"},\"id\":1}"
                .getBytes(UTF_8);
        send(client, head(body.length));
        for (byte one : body) {
            send(client, new byte[]{one});
        }
        String answer = new String(Channels.newInputStream(client).readNBytes(15), US_ASCII);
        assertThat(answer).isEqualTo("HTTP/1.1 200 OK");
    }

    @Test
    void bodiesThatNeverEndTimeOutAndDelayNoOtherClient() throws IOException {
        long threads = service.threads();
        // more of them than the service has room for
        for (int i = 0; i < 9_000; i++) {
            SocketChannel client = connect();
            try {
                send(client, head(MIDDLING + 1));
                send(client, new byte[MIDDLING]);
            } catch (IOException turnedAway) {
                assertThat(i).isGreaterThan(500);
            }
        }
        othersAreServed(1);
        assertThat(service.threads()).isLessThan(threads + 50);

        // closed by the service, not by this test
        allIsAsBefore();
    }

    @Test
    void largeBodiesThatNeverEndDoNotFillTheMemory() throws IOException {
        ByteBuffer large = ByteBuffer.allocate(LARGE);
        for (int i = 0; i < 500; i++) {
            SocketChannel client = connect();
            send(client, head(LARGE + 1));
            client.configureBlocking(false);
            client.write(large.rewind());
        }
        await("some to be turned away").until(() -> clients.stream().anyMatch(SlowClientsIT::isTurnedAway));
        othersAreServed(2);
        leave();
        allIsAsBefore();
    }

    private static boolean isTurnedAway(SocketChannel client) {
        ByteBuffer answer = ByteBuffer.allocate(200);
        try {
            client.read(answer);
        } catch (IOException closedByTheService) {
            return false;
        }
        String head = new String(answer.array(), 0, answer.position(), US_ASCII);
        return head.startsWith("HTTP/1.1 503 ") && head.toLowerCase(Locale.ROOT).contains("retry-after: ");
    }

    @Test
    void unreadLargeAnswersDoNotFillTheMemory() throws IOException {
        for (int i = 0; i < 40; i++) {
            Rpc.of(service)
                    .call("task.create")
                    .with("text", "t")
                    .with("metadata", Map.of("of", "x".repeat(MIDDLING)))
                    .result();
        }
        byte[] body = "{\"jsonrpc\":\"2.0\",\"method\":\"task.list\",\"params\":{\"limit\":1000},\"id\":1}"
                .getBytes(UTF_8);
        for (int i = 0; i < 1_000; i++) {
            SocketChannel client = connect();
            client.setOption(StandardSocketOptions.SO_RCVBUF, 4096);
            send(client, head(body.length));
            send(client, body);
        }
        othersAreServed();
        leave();
        allIsAsBefore();
    }

    @Test
    void clientsThatDoNotReadTheirAnswersDoNotFillTheMemory() throws IOException {
        byte[] request = "GET /openrpc.json HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(3_000).getBytes(US_ASCII);
        for (int i = 0; i < 10; i++) {
            SocketChannel client = connect();
            client.configureBlocking(false);
            client.write(ByteBuffer.wrap(request));
        }
        othersAreServed();
        leave();
        allIsAsBefore();
    }

    @Test
    void thousandsOfIdleConnectionsDelayNoOtherClient() throws IOException {
        int idle = (int) Math.min(IDLE, openFiles() - 2_000);
        for (int i = 0; i < idle; i++) {
            connect();
        }
        await("all to be accepted").until(() -> service.openFiles() > idle);
        othersAreServed();
        leave();
        allIsAsBefore();
    }

    /** On this machine a process may have so many. */
    private static long openFiles() {
        return ManagementFactory.getPlatformMXBean(UnixOperatingSystemMXBean.class).getMaxFileDescriptorCount();
    }

    private void othersAreServed() {
        othersAreServed(10);
    }

    /** @param sizes of how many sizes their calls are: the first is the ordinary one */
    private void othersAreServed(int sizes) {
        for (int i = 0; i < 100; i++) {
            // with padding, so that the body comes in more than one piece
            Rpc.of(service)
                    .call("task.create")
                    .with("text", "t")
                    .with("padding", "x".repeat(i % sizes * 10_000))
                    .responseLater()
                    .orTimeout(20, TimeUnit.SECONDS)
                    .thenAccept(response -> assertThat(response.has("result")).as(response.toString()).isTrue())
                    .join();
        }
        assertThat(service.residentMebibytes()).isLessThan(ENOUGH_MEBIBYTES);
    }

    private void allIsAsBefore() {
        await("connections to be gone").atMost(Duration.ofSeconds(30)).until(() -> service.openFiles() < 300);
        othersAreServed();
        assertThat(service.log()).doesNotContain("OutOfMemoryError", "ERROR");
    }

    private SocketChannel connect() throws IOException {
        URI base = service.base();
        SocketChannel client = SocketChannel.open();
        clients.add(client);
        client.setOption(StandardSocketOptions.TCP_NODELAY, true);
        client.connect(new InetSocketAddress(base.getHost(), base.getPort()));
        return client;
    }

    private static byte[] head(int length) {
        return ("POST /rpc HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: " + length
                + "\r\n\r\n").getBytes(US_ASCII);
    }

    private static void send(SocketChannel client, byte[] bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            client.write(buffer);
        }
    }
}
