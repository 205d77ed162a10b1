package dev.claudebench.scenario;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.method.Json;
import dev.claudebench.support.RedisProcess;
import dev.claudebench.support.Rpc;
import dev.claudebench.support.ServiceProcess;

/** Clients that ask for as much as they can take nothing from the others. */
@Tag("slow")
class GreedyClientsIT {
    /** What a service with a heap of 128 MiB may hold at most; the half of it is there before any client comes. */
    private static final long ENOUGH_MEBIBYTES = 450;
    private static final int BATCH = 50;
    /** Their answers take less than the 4 MiB of a batch. */
    private static final int LISTS = 7;

    private final List<Socket> clients = new ArrayList<>();
    private RedisProcess redis;
    private ServiceProcess service;

    @BeforeEach
    void start() {
        redis = new RedisProcess().start();
        service = ServiceProcess.start("-Xmx128m", "-Dquarkus.redis.hosts=" + redis.uri(),
                "-Dclaudebench.rate-limit.\"task.list\".limit=0");
    }

    @AfterEach
    void end() throws IOException {
        try (RedisProcess server = redis; ServiceProcess process = service) {
            leave();
            assertThat(process.log()).doesNotContain("OutOfMemoryError", "ERROR");
            process.terminate();
            process.awaitExit(Duration.ofSeconds(10));
            assertThat(server.cli("PING")).isEqualTo("PONG");
        }
    }

    private void leave() throws IOException {
        for (Socket client : clients) {
            client.close();
        }
        clients.clear();
    }

    @Test
    void batchesOfDescriptionsDoNotFillTheMemory() throws IOException {
        String batch = batch(BATCH, "{\"jsonrpc\":\"2.0\",\"method\":\"rpc.discover\",\"id\":1}");
        takeNoMoreThanTheirShare(200, batch, BATCH);
    }

    @Test
    void batchesOfListsDoNotFillTheMemory() throws IOException {
        for (int i = 0; i < 40; i++) {
            Rpc.of(service)
                    .call("task.create")
                    .with("text", "t")
                    .with("metadata", Map.of("of", "x".repeat(15_000)))
                    .result();
        }
        String batch = batch(LISTS,
                "{\"jsonrpc\":\"2.0\",\"method\":\"task.list\",\"params\":{\"limit\":1000},\"id\":1}");
        takeNoMoreThanTheirShare(60, batch, LISTS);
    }

    private void takeNoMoreThanTheirShare(int connections, String batch, int calls) throws IOException {
        for (int i = 0; i < connections; i++) {
            send(connect(), batch);
        }
        othersAreServed();
        int refused = 0;
        for (Socket client : clients) {
            JsonNode answers = Json.read(readBody(client));
            assertThat(answers).hasSize(calls)
                    .allSatisfy(answer -> assertThat(answer.has("result"))
                            .isNotEqualTo(answer.at("/error/code").intValue() == -32004));
            refused += isWhole(answers) ? 0 : 1;
        }
        assertThat(refused).isBetween(1, connections - 1);
        leave();

        // all room is free again
        await().untilAsserted(() -> {
            Socket client = connect();
            send(client, batch);
            assertThat(isWhole(Json.read(readBody(client)))).isTrue();
        });
        othersAreServed();
    }

    @Test
    void answersThatNobodyReadsLeaveRoomAgain() throws IOException {
        String batch = batch(BATCH, "{\"jsonrpc\":\"2.0\",\"method\":\"rpc.discover\",\"id\":1}");
        for (int round = 0; round < 5; round++) {
            for (int i = 0; i < 50; i++) {
                send(connect(), batch);
            }
            othersAreServed();
            leave();
        }
        await().untilAsserted(() -> {
            Socket client = connect();
            send(client, batch);
            assertThat(isWhole(Json.read(readBody(client)))).isTrue();
        });
    }

    @Test
    void http2IsNotSpokenWithoutTls() throws IOException {
        Socket upgrade = connect();
        write(upgrade,
                String.join("\r\n", "GET /openrpc.json HTTP/1.1", "Host: localhost",
                        "Connection: Upgrade, HTTP2-Settings",
                        "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAAAABAAIAAAAA", "", ""));
        assertThat(readLine(upgrade.getInputStream())).isEqualTo("HTTP/1.1 200 OK");

        // SETTINGS with a window of one byte
        String preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\6\4\0\0\0\0\0\0\4\0\0\0\1";
        for (int i = 0; i < 10; i++) {
            Socket priorKnowledge = connect();
            write(priorKnowledge, preface);
            assertThat(readLine(priorKnowledge.getInputStream())).matches("|HTTP/[12]\\.[01] 4.*");
        }
        othersAreServed();
    }

    @Test
    void inventedVerbsAndPathsMakeNoMetrics() throws IOException {
        request("PUT /rpc");
        int series = series();
        for (int i = 0; i < 1_300; i++) {
            request("VERB" + i + " /rpc");
        }
        for (int i = 0; i < 1_000; i++) {
            request("GET /path" + i);
            request("GET /rpc;x=" + i);
            request("POST /path" + i + " HTTP/1.1\r\nContent-Length: 9999999\r\nX:");
        }
        assertThat(series()).isLessThan(series + 30);
        assertThat(service.log()).doesNotContain("maximum number");
    }

    private void request(String line) throws IOException {
        try (Socket client = connect()) {
            String version = line.contains("HTTP/1.1") ? "" : " HTTP/1.1";
            write(client, line + version + "\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            assertThat(readLine(client.getInputStream())).startsWith("HTTP/1.1 4");
        }
    }

    private int series() throws IOException {
        Socket client = connect();
        write(client, "GET /q/metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
        return (int) readBody(client).lines().filter(line -> !line.startsWith("#")).count();
    }

    private void othersAreServed() {
        for (int i = 0; i < 20; i++) {
            Rpc.of(service)
                    .call("task.create")
                    .with("text", "t")
                    .responseLater()
                    .orTimeout(20, TimeUnit.SECONDS)
                    .thenAccept(response -> assertThat(response.has("result")).as(response.toString()).isTrue())
                    .join();
        }
        assertThat(service.residentMebibytes()).isLessThan(ENOUGH_MEBIBYTES);
    }

    private static boolean isWhole(JsonNode answers) {
        for (JsonNode answer : answers) {
            if (answer.has("error")) {
                return false;
            }
        }
        return true;
    }

    private static String batch(int size, String call) {
        return "[" + String.join(",", Collections.nCopies(size, call)) + "]";
    }

    private Socket connect() throws IOException {
        URI base = service.base();
        Socket client = new Socket();
        clients.add(client);
        client.setReceiveBufferSize(4096);
        client.setSoTimeout(20_000);
        client.connect(new InetSocketAddress(base.getHost(), base.getPort()));
        return client;
    }

    private static void send(Socket client, String body) throws IOException {
        write(client, "POST /rpc HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
                + body.length() + "\r\n\r\n" + body);
    }

    private static void write(Socket client, String text) throws IOException {
        client.getOutputStream().write(text.getBytes(US_ASCII));
    }

    private static String readBody(Socket client) throws IOException {
        InputStream in = new BufferedInputStream(client.getInputStream());
        StringBuilder head = new StringBuilder();
        for (String line = readLine(in); !line.isEmpty(); line = readLine(in)) {
            head.append(line).append('\n');
        }
        assertThat(head).startsWith("HTTP/1.1 200 OK\n");
        Matcher length = Pattern.compile("(?i)content-length: (\\d+)").matcher(head);
        assertThat(length.find()).isTrue();
        return new String(in.readNBytes(Integer.parseInt(length.group(1))), US_ASCII);
    }

    /** Returns an empty line at the end of the connection, too. */
    private static String readLine(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
            line.append((char) next);
        }
        return line.toString().strip();
    }
}
