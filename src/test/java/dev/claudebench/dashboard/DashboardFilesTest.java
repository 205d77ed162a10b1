package dev.claudebench.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.claudebench.support.FleetTest;
import io.quarkus.test.junit.QuarkusTest;

@QuarkusTest
class DashboardFilesTest extends FleetTest {
    private static final String LIBRARY = "/webjars/preact/dist/preact.module.js";

    @ParameterizedTest
    @CsvSource({"/, text/html, <title>ClaudeBench</title>", "/index.html, text/html, <title>ClaudeBench</title>",
            "/dashboard/app.js, text/javascript, ./html.js", LIBRARY + ", text/javascript, export",
            "/_static/htm/dist/htm.module.js, text/javascript, export default"})
    void fileIsServedWithStrictHeaders(String path, String type, String content) {
        rpc().http()
                .get(path)
                .then()
                .statusCode(200)
                .contentType(startsWith(type))
                .body(containsString(content))
                .header("Content-Security-Policy",
                        equalTo("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
                                + "connect-src 'self'; base-uri 'none'; form-action 'none'; "
                                + "frame-ancestors 'none'; require-trusted-types-for 'script'"))
                .header("X-Content-Type-Options", equalTo("nosniff"))
                .header("Referrer-Policy", equalTo("no-referrer"))
                .header("Cache-Control", equalTo("no-cache"));
        rpc().http().head(path).then().statusCode(200).contentType(startsWith(type));
    }

    @Test
    void callWithoutTheRestOfTheAddressIsToldWhereCallsGo() {
        rpc().http()
                .contentType("application/json")
                .body("{}")
                .post("/")
                .then()
                .statusCode(405)
                .body(containsString("calls are POST requests to /rpc, MCP is at /mcp"));
    }

    @Test
    void unchangedFileIsNotSentAgain() {
        String tag = rpc().http().get("/").then().statusCode(200).extract().header("ETag");
        assertThat(tag).isNotNull();
        rpc().http().header("If-None-Match", tag).get("/").then().statusCode(304).body(equalTo(""));
        rpc().http().header("If-None-Match", "W/\"of the last release\"").get("/").then().statusCode(200);
    }

    @Test
    void pageAndScriptsAreCompressed() throws IOException, InterruptedException {
        assertThat(encodingOf("/")).isEqualTo("gzip");
        assertThat(encodingOf(LIBRARY)).isEqualTo("gzip");
    }

    @Test
    void jsonAndEventsAreNotCompressed() throws IOException, InterruptedException {
        assertThat(encodingOf("/openrpc.json")).isEqualTo("none");
        assertThat(encodingOf("/events")).isEqualTo("none");
        rpc().http()
                .header("Accept-Encoding", "gzip")
                .contentType("application/json")
                .body("{\"jsonrpc\":\"2.0\",\"method\":\"rpc.discover\",\"id\":1}")
                .post("/rpc")
                .then()
                .header("Content-Encoding", nullValue())
                .header("Content-Security-Policy", nullValue());
    }

    private String encodingOf(String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(at(path)).header("Accept-Encoding", "gzip").build();
        HttpResponse<?> answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofInputStream());
        assertThat(answer.statusCode()).isEqualTo(200);
        return answer.headers().firstValue("Content-Encoding").orElse("none");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/dashboard/", "/dashboard/none.js", "/webjars/", "/webjars/preact",
            "/webjars/preact/package.json", "/dashboard/../application.properties",
            "/dashboard/..%2f..%2f..%2fapplication.properties", "/dashboard/%2e%2e/%2e%2e/%2e%2e/lua/sweep.lua",
            "/META-INF/resources/index.html", "/application.properties"})
    void nothingElseIsServed(String path) throws IOException, InterruptedException {
        HttpResponse<Void> answer = HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(at(path)).build(), HttpResponse.BodyHandlers.discarding());
        assertThat(answer.statusCode()).isEqualTo(404);
    }

    private URI at(String path) {
        return URI.create("http://" + service.getAuthority() + path);
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE"})
    void pageIsOnlyRead(String verb) {
        rpc().http().request(verb, "/").then().statusCode(405).header("Allow", "GET, HEAD");
        rpc().http().request(verb, "/dashboard/app.js").then().statusCode(405);
    }

    @Test
    void filesHaveNoSeriesOfMetrics() {
        rpc().http().get("/").asString();
        rpc().http().get(LIBRARY).asString();
        rpc().http().get("/openrpc.json").asString();
        await().untilAsserted(() -> assertThat(rpc().http().get("/q/metrics").asString())
                .contains("uri=\"/openrpc.json\"")
                .doesNotContain("webjars", "{path"));
    }
}
