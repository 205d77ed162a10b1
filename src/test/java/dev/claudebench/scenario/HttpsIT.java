package dev.claudebench.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import javax.net.ssl.SSLHandshakeException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.claudebench.support.RedisProcess;
import dev.claudebench.support.ServiceProcess;
import dev.claudebench.support.TlsFiles;

/** With the settings of docs/operations.md, given as environment variables, the service serves HTTPS and nothing else. */
class HttpsIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final String FOLDER = "/etc/claudebench/";

    @TempDir
    private Path temp;

    /** Returns the settings of the page, which it also gives as variables, for certificates in a folder. */
    private static Map<String, String> settings(Path folder, String reloadPeriod) throws IOException {
        String page = Files.readString(Path.of("docs/operations.md"));
        String block = Pattern.compile("```properties\n(quarkus\\.http\\.tls.*?)```", Pattern.DOTALL)
                .matcher(page)
                .results()
                .findFirst()
                .orElseThrow()
                .group(1);
        Map<String, String> variables = new HashMap<>(Map.of("QUARKUS_HTTP_SSL_PORT", "0"));
        block.lines().map(line -> line.split("=", 2)).forEach(setting -> {
            String variable = setting[0].toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
            assertThat(page).contains("`" + variable + "`");
            variables.put(variable, setting[1].replace(FOLDER, folder + "/").replace("1h", reloadPeriod));
        });
        assertThat(variables).hasSize(6);
        return variables;
    }

    private static HttpClient client(TlsFiles trusted) throws IOException, GeneralSecurityException {
        return HttpClient.newBuilder().sslContext(trusted.trust()).build();
    }

    private static HttpResponse<Stream<String>> send(HttpClient client, HttpRequest.Builder request)
            throws IOException, InterruptedException {
        return client.send(request.timeout(TIMEOUT).build(), BodyHandlers.ofLines());
    }

    private static HttpRequest.Builder get(URI service, String path) {
        return HttpRequest.newBuilder(service.resolve(path));
    }

    private ServiceProcess start(RedisProcess redis, String reloadPeriod) throws IOException {
        ServiceProcess service = ServiceProcess.launch(settings(temp, reloadPeriod),
                "-Dquarkus.redis.hosts=" + redis.uri());
        await().atMost(TIMEOUT).until(() -> service.log().contains("Listening on: https://127.0.0.1:"));
        return service;
    }

    @Test
    void callsEventsHealthAndMetricsAreServed() throws Exception {
        TlsFiles tls = TlsFiles.make(Files.createDirectory(temp.resolve("own")));
        TlsFiles other = TlsFiles.make(Files.createDirectory(temp.resolve("other")));
        use(tls);
        try (RedisProcess redis = new RedisProcess().start(); ServiceProcess service = start(redis, "1h")) {
            assertThat(service.log()).doesNotContain("http://");
            URI base = service.base();
            HttpClient client = client(tls);

            HttpResponse<Stream<String>> call = send(client,
                    get(base, "/rpc").header("Content-Type", "application/json")
                            .header("Origin", base.toString())
                            .POST(BodyPublishers.ofString(
                                    "{\"jsonrpc\": \"2.0\", \"method\": \"system.register\", \"id\": 1,"
                                            + " \"params\": {\"id\": \"w1\", \"roles\": [\"worker\"]}}")));
            assertThat(call.body()).singleElement().asString().contains("\"registered\":true");
            try (Stream<String> events = send(client, get(base, "/events?since=0")).body()) {
                assertThat(events.filter(line -> line.contains("instance.registered")).findFirst()).isPresent();
            }
            for (String path : new String[]{"/q/health/ready", "/q/metrics", "/"}) {
                assertThat(send(client, get(base, path)).statusCode()).as(path).isEqualTo(200);
            }
            assertThatThrownBy(() -> send(client(other), get(base, "/q/health")))
                    .isInstanceOf(SSLHandshakeException.class);
        }
    }

    @Test
    void renewedCertificateIsUsedWithoutARestart() throws Exception {
        TlsFiles renewed = TlsFiles.make(Files.createDirectory(temp.resolve("renewed")));
        use(TlsFiles.make(Files.createDirectory(temp.resolve("first"))));
        try (RedisProcess redis = new RedisProcess().start(); ServiceProcess service = start(redis, "1s")) {
            use(renewed);
            awaitCertificate(renewed, service);
        }
    }

    @Test
    void keyOfAnotherCertificateIsNotUsed() throws Exception {
        TlsFiles first = TlsFiles.make(Files.createDirectory(temp.resolve("first")));
        TlsFiles renewed = TlsFiles.make(Files.createDirectory(temp.resolve("renewed")));
        use(first);
        try (RedisProcess redis = new RedisProcess().start(); ServiceProcess service = start(redis, "1s")) {
            Files.copy(renewed.certificate(), temp.resolve("tls.crt"), StandardCopyOption.REPLACE_EXISTING);
            await("the log").atMost(TIMEOUT)
                    .until(() -> service.log()
                            .contains(
                                    "The old certificate stays in use: quarkus.tls.server.key-store: the key is not"));
            assertThat(send(client(first), get(service.base(), "/q/health/live")).statusCode()).isEqualTo(200);

            use(renewed);
            awaitCertificate(renewed, service);
            assertThat(service.log()).doesNotContain("HttpCertificateUpdateEventListener");
        }
    }

    @Test
    void expiredCertificateIsReported() throws Exception {
        use(TlsFiles.makeExpired(Files.createDirectory(temp.resolve("expired"))));
        try (RedisProcess redis = new RedisProcess().start(); ServiceProcess service = start(redis, "1h")) {
            await("the log").atMost(TIMEOUT)
                    .until(() -> service.log().contains("quarkus.tls.server.key-store: the certificate has expired"));
        }
    }

    /** A connection that is opened while the service changes its certificate may fail. */
    private static void awaitCertificate(TlsFiles expected, ServiceProcess service) {
        await("the renewed certificate").atMost(TIMEOUT)
                .ignoreExceptionsInstanceOf(IOException.class)
                .until(() -> send(client(expected), get(service.base(), "/q/health/live")).statusCode() == 200);
    }

    private void use(TlsFiles tls) throws IOException {
        Files.copy(tls.certificate(), temp.resolve("tls.crt"), StandardCopyOption.REPLACE_EXISTING);
        Files.copy(tls.key(), temp.resolve("tls.key"), StandardCopyOption.REPLACE_EXISTING);
    }
}
