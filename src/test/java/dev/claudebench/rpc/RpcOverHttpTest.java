package dev.claudebench.rpc;

import static dev.claudebench.rpc.RawRpc.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.quarkus.test.junit.QuarkusTest;

/** What HTTP itself says of a call: statuses, media types, verbs, sizes. */
@QuarkusTest
class RpcOverHttpTest extends RawRpcTest {
    private static final String REGISTRATION = json(
            "{'jsonrpc':'2.0','method':'system.register','params':{'id':'w1','roles':[]},'id':1}");
    private static final String NOTIFICATION = REGISTRATION.replace(",\"id\":1}", "}");
    private static final int MAX_BODY = 1024 * 1024;

    @ParameterizedTest
    @ValueSource(strings = {"%s", "[%s]", "[%s,%s]"})
    void notificationTakesEffectWithoutABody(String body) {
        HttpResponse<String> response = rpc.post(body.replace("%s", NOTIFICATION).getBytes(StandardCharsets.UTF_8));
        assertThat(response.statusCode()).isEqualTo(204);
        assertThat(response.body()).isEmpty();
        assertThat(redis.hash(String.class).hget("cb:instance:w1", "id")).isEqualTo("w1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{'jsonrpc':'2.0','method':'no.such'}",
            "{'jsonrpc':'2.0','method':'system.register','params':{}}",
            "[{'jsonrpc':'2.0','method':'system.register','params':[]}]",
            "{'jsonrpc':'2.0','method':'test.broken'}"})
    void notificationThatFailsGoesUnansweredToo(String notification) {
        HttpResponse<String> response = rpc.post(json(notification).getBytes(StandardCharsets.UTF_8));
        assertThat(response.statusCode()).isEqualTo(204);
        assertThat(response.body()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain", "application/xml", "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x", "application/jsonp", "*/*", "application/*", "json", ""})
    void otherMediaTypesAreRefused(String mediaType) {
        assertRefused(415, rpc.request().header("Content-Type", mediaType).POST(BodyPublishers.ofString(REGISTRATION)));
    }

    @Test
    void bodyWithoutAMediaTypeIsRefused() {
        assertRefused(415, rpc.request().POST(BodyPublishers.ofString(REGISTRATION)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json; charset=utf-8", "application/json;charset=UTF-8", "Application/JSON"})
    void jsonMayNameItsCharset(String mediaType) {
        HttpResponse<String> response = rpc
                .send(rpc.request().header("Content-Type", mediaType).POST(BodyPublishers.ofString(REGISTRATION)));
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).contains("true");
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND"})
    void otherVerbsAreRefused(String verb) {
        HttpRequest.Builder request = rpc.request()
                .header("Content-Type", "application/json")
                .method(verb, BodyPublishers.ofString(REGISTRATION));
        HttpResponse<String> response = assertRefused(405, request);
        assertThat(String.join(",", response.headers().allValues("Allow"))).contains("POST");
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/html", "application/xml;q=0.9, text/*", "application/json;q=0",
            "application/json;q=0.0, text/html"})
    void clientThatTakesNoJsonIsRefused(String accept) {
        assertRefused(406, rpc.request()
                .header("Content-Type", "application/json")
                .header("Accept", accept)
                .POST(BodyPublishers.ofString(REGISTRATION)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json", "*/*", "application/*", "text/html, application/json;q=0.5"})
    void clientMayTakeOtherThingsBesidesJson(String accept) {
        HttpResponse<String> response = rpc.send(rpc.request()
                .header("Content-Type", "application/json")
                .header("Accept", accept)
                .POST(BodyPublishers.ofString(REGISTRATION)));
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/json;charset=UTF-8");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "identity, br"})
    void packedBodiesAreRefused(String coding) {
        assertRefused(415, rpc.request()
                .header("Content-Type", "application/json")
                .header("Content-Encoding", coding)
                .POST(BodyPublishers.ofString(REGISTRATION)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Host: a b:c", "Host: [::1", "Host: x:99999999999",
            "Host: x\r\nTransfer-Encoding: xchunked", "Host: x\r\nTransfer-Encoding: gzip, chunked"})
    void headThatLeavesOpenWhomItIsForOrWhereItEndsIsRefused(String headers) throws IOException {
        String answer = answerTo("POST /rpc HTTP/1.1\r\nContent-Type: application/json\r\n" + headers
                + (headers.isEmpty() ? "" : "\r\n") + "\r\n" + REGISTRATION);
        assertThat(answer).startsWith("HTTP/1.1 400 ").endsWith("\r\n\r\n");
        assertThat(redis.execute("DBSIZE").toLong()).isZero();
    }

    /** All that comes until the service closes the connection. */
    private String answerTo(String request) throws IOException {
        try (Socket socket = new Socket(service.getHost(), service.getPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET /rpc", "GET /openrpc.json", "OPTIONS /events", "GET /nowhere"})
    void anyNumberOfRequestsMayFollowEachOtherOnAConnection(String request) throws IOException {
        String answers = answerTo((request + " HTTP/1.1\r\nHost: x\r\n\r\n").repeat(3_000)
                + request + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        assertThat(answers.split("HTTP/1\\.1 (200|404|405) ", -1)).hasSize(1 + 3_001);
    }

    @Test
    void requestsWithoutAHostThatFollowEachOtherAreRefused() throws IOException {
        assertThat(answerTo("GET /rpc HTTP/1.1\r\n\r\n".repeat(3_000))).startsWith("HTTP/1.1 400 ");
        assertThat(rpc.post(NOTIFICATION.getBytes(StandardCharsets.UTF_8)).statusCode()).isEqualTo(204);
    }

    @Test
    void largestBodyIsTaken() {
        byte[] body = padded(MAX_BODY);
        assertThat(rpc.post(body).body()).contains("true");
        assertThat(rpc.postChunked(body).body()).contains("true");
    }

    /** As curl sends it. The client of the JDK never ends when such a request is refused with a body. */
    @Test
    void largerBodyIsRefusedBeforeItIsSent() throws IOException {
        String answer = answerTo("POST /rpc HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                + "Expect: 100-continue\r\nContent-Length: " + (MAX_BODY + 1) + "\r\n\r\n");
        assertThat(answer).startsWith("HTTP/1.1 413 ")
                .contains("Content-Type: application/json")
                .contains("\"error\":");
        assertThat(redis.execute("DBSIZE").toLong()).isZero();
    }

    @Test
    void largerBodyInChunksIsRefused() {
        HttpResponse<String> response = rpc.postChunked(padded(MAX_BODY + 1));
        assertThat(response.statusCode()).isEqualTo(413);
        assertThat(response.body()).contains("\"error\":");
        assertThat(redis.execute("DBSIZE").toLong()).isZero();
    }

    private HttpResponse<String> assertRefused(int status, HttpRequest.Builder request) {
        HttpResponse<String> response = rpc.send(request);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type").orElse("")).startsWith("application/json");
        assertThat(response.body()).startsWith("{\"error\":\"").contains(status == 405 ? "POST" : "application/json");
        assertThat(redis.execute("DBSIZE").toLong()).isZero();
        return response;
    }

    private static byte[] padded(int length) {
        return (REGISTRATION + " ".repeat(length - REGISTRATION.length())).getBytes(StandardCharsets.UTF_8);
    }
}
