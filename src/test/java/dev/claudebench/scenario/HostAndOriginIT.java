package dev.claudebench.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Test;

import dev.claudebench.support.RedisProcess;
import dev.claudebench.support.ServiceProcess;

/** Which Host and Origin are served depends on where the service listens and on the CORS settings of Quarkus. */
class HostAndOriginIT {
    private static final String NAMED = "Host: bench.example:8080";

    @Test
    void serviceThatListensElsewhereChecksOriginOnly() throws IOException {
        try (RedisProcess redis = new RedisProcess().start();
                ServiceProcess service = start(redis, "-Dquarkus.http.host=0.0.0.0",
                        "-Dclaudebench.security.anonymous=true")) {
            assertThat(status(service, NAMED)).isEqualTo(200);
            assertThat(status(service, NAMED + "\r\nOrigin: http://bench.example:8080")).isEqualTo(200);
            assertThat(status(service, NAMED + "\r\nOrigin: http://elsewhere.example")).isEqualTo(403);
            assertThat(status(service, "Host: a_b\r\nOrigin: http://a_b")).isEqualTo(403);
            assertThat(status(service, NAMED + "\r\nHost: bench.example:8080")).isEqualTo(400);
        }
    }

    @Test
    void corsSettingsOfQuarkusAllowFurtherOrigins() throws IOException {
        try (RedisProcess redis = new RedisProcess().start();
                ServiceProcess service = start(redis, "-Dquarkus.http.cors.enabled=true",
                        "-Dquarkus.http.cors.origins=https://dashboard.example")) {
            String local = "Host: localhost:" + service.base().getPort() + "\r\nOrigin: ";
            assertThat(status(service, local + "https://dashboard.example")).isEqualTo(200);
            assertThat(status(service, local + service.base().toString().replace("127.0.0.1", "localhost")))
                    .isEqualTo(200);
            assertThat(status(service, local + "https://elsewhere.example")).isEqualTo(403);
            assertThat(status(service, "Host: rebind.example\r\nOrigin: https://dashboard.example")).isEqualTo(403);
        }
    }

    @Test
    void localhostMeansIpv6Too() throws IOException {
        try (RedisProcess redis = new RedisProcess().start(); ServiceProcess service = start(redis)) {
            String host = "Host: [::1]:" + service.base().getPort();
            await().ignoreExceptions().until(() -> status("::1", service, host) == 200);
            assertThat(status("::1", service, "Host: rebind.example")).isEqualTo(403);
            assertThat(status("::1", service, host + "\r\nOrigin: http://elsewhere.example")).isEqualTo(403);
        }
    }

    private static ServiceProcess start(RedisProcess redis, String... options) {
        String[] all = new String[options.length + 1];
        System.arraycopy(options, 0, all, 0, options.length);
        all[options.length] = "-Dquarkus.redis.hosts=" + redis.uri();
        return ServiceProcess.start(all);
    }

    private static int status(ServiceProcess service, String headers) throws IOException {
        return status(service.base().getHost(), service, headers);
    }

    private static int status(String address, ServiceProcess service, String headers) throws IOException {
        try (Socket socket = new Socket(address, service.base().getPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream()
                    .write(("GET /openrpc.json HTTP/1.1\r\n" + headers + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
            return Integer.parseInt(answer.substring("HTTP/1.1 ".length()));
        }
    }
}
