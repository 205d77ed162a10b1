package dev.claudebench.rpc;

import static dev.claudebench.support.Rpc.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.emptyString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.startsWith;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.claudebench.support.FleetTest;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;

/** Calls as HTTP requests: statuses, media types, verbs, sizes. */
@QuarkusTest
class RpcOverHttpTest extends FleetTest {
    private static final String REGISTRATION = json(
            "{'jsonrpc':'2.0','method':'system.register','params':{'id':'w1','roles':[]},'id':1}");
    private static final String NOTIFICATION = REGISTRATION.replace(",\"id\":1}", "}");
    private static final int MAX_BODY = 1024 * 1024;
    private static final String CHUNKED = """
                                          POST /rpc HTTP/1.1
                                          Host: localhost
                                          Connection: close
                                          Content-Type: application/json
                                          Transfer-Encoding: chunked

                                          """.replace("\n", "\r\n");

    @ParameterizedTest
    @ValueSource(strings = {"%s", "[%s]", "[%s,%s]"})
    void notificationIsCarriedOutAndNotAnswered(String body) {
        rpc().post(body.replace("%s", NOTIFICATION)).then().statusCode(204).body(emptyString());
        assertThat(redis.hash(String.class).hget("cb:instance:w1", "id")).isEqualTo("w1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{'jsonrpc':'2.0','method':'no.such'}",
            "{'jsonrpc':'2.0','method':'system.register','params':{}}",
            "[{'jsonrpc':'2.0','method':'system.register','params':[]}]",
            "{'jsonrpc':'2.0','method':'test.broken'}"})
    void notificationThatFailsIsNotAnsweredEither(String notification) {
        rpc().post(json(notification)).then().statusCode(204).body(emptyString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain", "application/xml", "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x", "application/jsonp", "*/*", "application/*", "json", ""})
    void otherMediaTypesAreRefused(String mediaType) {
        assertRefused(415, registration().contentType(mediaType).post("/rpc"));
    }

    @Test
    void bodyWithoutAMediaTypeIsRefused() throws IOException {
        String answer = answerTo("POST /rpc HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: "
                + REGISTRATION.length() + "\r\n\r\n" + REGISTRATION);
        assertThat(answer).startsWith("HTTP/1.1 415 ").contains("{\"error\":\"").contains("application/json");
        assertThat(keys()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json; charset=utf-8", "application/json;charset=UTF-8", "Application/JSON",
            "application/json-rpc"})
    void jsonMayNameItsCharsetOrBeJsonRpc(String mediaType) {
        assertRegisters(registration().contentType(mediaType).post("/rpc"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer cb_alice_x", "Bearer ", "Basic YTpi"})
    void credentialsWhereNoneAreConfiguredAreRefused(String credentials) {
        assertThat(registration().header("Authorization", credentials)
                .post("/rpc")
                .then()
                .statusCode(401)
                .extract()
                .asString()).contains("no credentials are configured here: leave Authorization out");
        assertThat(keys()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND"})
    void otherVerbsAreRefused(String verb) {
        assertRefused(405, registration().request(verb, "/rpc")).header("Allow", containsString("POST"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/rcp", "/q/nope", "/bench/b1", "/bench/b1/nope", "/openrpc"})
    void addressWithoutAnythingNamesTheOneOfCalls(String path) {
        assertRefused(404, registration().post(path));
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/html", "application/xml;q=0.9, text/*", "application/json;q=0",
            "application/json;q=0.0, text/html"})
    void clientThatDoesNotAcceptJsonIsRefused(String accept) {
        assertRefused(406, registration().header("Accept", accept).post("/rpc"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json", "*/*", "application/*", "text/html, application/json;q=0.5"})
    void clientMayAcceptOtherMediaTypesBesidesJson(String accept) {
        assertRegisters(registration().header("Accept", accept).post("/rpc"))
                .header("Content-Type", "application/json;charset=UTF-8");
    }

    @Test
    void clientMayAcceptJsonRpcAlone() {
        Response response = registration().header("Accept", "application/json-rpc;q=0.9").post("/rpc");
        assertThat(response.contentType()).startsWith("application/json-rpc");
        assertThat(response.asString()).contains("{\"registered\":true}");
    }

    @Test
    void bodyMayBeEncodedAsItIs() {
        assertRegisters(registration().header("Content-Encoding", "Identity").post("/rpc"));
    }

    @Test
    void bodyMayBeginWithAByteOrderMark() {
        assertRegisters(rpc().post("\ufeff" + REGISTRATION));
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "identity, br"})
    void encodedBodiesAreRefused(String coding) {
        registration().header("Content-Encoding", coding)
                .post("/rpc")
                .then()
                .statusCode(415)
                .body("error", equalTo("send the body as it is, without a Content-Encoding"));
        assertThat(keys()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Host: a b:c", "Host: [::1", "Host: localhost:99999999999",
            "Host: localhost\r\nTransfer-Encoding: xchunked", "Host: localhost\r\nTransfer-Encoding: gzip, chunked"})
    void requestWithoutOneHostOrAKnownLengthIsRefused(String headers) throws IOException {
        String answer = answerTo("POST /rpc HTTP/1.1\r\nContent-Type: application/json\r\n" + headers
                + (headers.isEmpty() ? "" : "\r\n") + "\r\n" + REGISTRATION);
        assertThat(answer).startsWith("HTTP/1.1 400 ").endsWith("\r\n\r\n");
        assertThat(keys()).isEmpty();
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
        String answers = answerTo((request + " HTTP/1.1\r\nHost: localhost\r\n\r\n").repeat(3_000)
                + request + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        assertThat(answers.split("HTTP/1\\.1 (200|404|405) ", -1)).hasSize(1 + 3_001);
    }

    @Test
    void requestsWithoutAHostThatFollowEachOtherAreRefused() throws IOException {
        assertThat(answerTo("GET /rpc HTTP/1.1\r\n\r\n".repeat(3_000))).startsWith("HTTP/1.1 400 ");
        rpc().post(NOTIFICATION).then().statusCode(204);
    }

    @Test
    void largestBodyIsAccepted() throws IOException {
        String body = padded(MAX_BODY);
        assertRegisters(rpc().post(body));
        assertThat(answerTo(CHUNKED + "100000\r\n" + body + "\r\n0\r\n\r\n"))
                .startsWith("HTTP/1.1 200 ")
                .contains("true");
    }

    @Test
    void largerBodyIsRefusedBeforeItIsSent() throws IOException {
        assertTooLarge(answerTo("POST /rpc HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Expect: 100-continue\r\nContent-Length: " + (MAX_BODY + 1) + "\r\n\r\n"));
    }

    @Test
    void largerBodyInChunksIsRefused() throws IOException {
        assertTooLarge(answerTo(CHUNKED + "100001\r\n" + padded(MAX_BODY + 1) + "\r\n0\r\n\r\n"));
    }

    private void assertTooLarge(String answer) {
        assertThat(answer).startsWith("HTTP/1.1 413 ")
                .contains("Content-Type: application/json")
                .contains("\"error\":\"the body is larger than " + MAX_BODY + " bytes");
        assertThat(keys()).isEmpty();
    }

    private RequestSpecification registration() {
        return rpc().http().contentType("application/json").body(REGISTRATION.getBytes(StandardCharsets.UTF_8));
    }

    private static ValidatableResponse assertRegisters(Response response) {
        return response.then().statusCode(200).body("result.registered", equalTo(true));
    }

    private ValidatableResponse assertRefused(int status, Response response) {
        assertThat(keys()).isEmpty();
        return response.then()
                .statusCode(status)
                .contentType(startsWith("application/json"))
                .body(startsWith("{\"error\":\""))
                .body(containsString(status == 404 || status == 405 ? "POST" : "application/json"));
    }

    private static String padded(int length) {
        return REGISTRATION + " ".repeat(length - REGISTRATION.length());
    }
}
