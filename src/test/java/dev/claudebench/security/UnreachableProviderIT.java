package dev.claudebench.security;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import com.sun.net.httpserver.HttpServer;

import dev.claudebench.method.Json;
import dev.claudebench.support.RedisProcess;
import dev.claudebench.support.Rpc;
import dev.claudebench.support.ServiceProcess;
import io.restassured.response.Response;
import io.smallrye.jwt.build.Jwt;

/** The OpenID provider is not there when the service starts. */
class UnreachableProviderIT {
    private static final String KEY = ApiKey.newKey("alice");
    private static final int CALLS = 50;

    @Test
    void keysWorkMeanwhileAndTokensOnceItIsThere() throws Exception {
        int port = freePort();
        String issuer = "http://127.0.0.1:" + port;
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        KeyPair keys = generator.generateKeyPair();
        String token = Jwt.issuer(issuer)
                .subject("bob")
                .groups("viewer")
                .expiresIn(300)
                .jws()
                .keyId("1")
                .sign(
                        keys.getPrivate());

        try (RedisProcess redis = new RedisProcess().start();
                ServiceProcess service = ServiceProcess.start("-Dquarkus.redis.hosts=" + redis.uri(),
                        "-Dquarkus.oidc.auth-server-url=" + issuer,
                        "-Dclaudebench.security.keys[0]=" + ApiKey.entry(KEY, "agent"))) {
            Rpc.Call byKey = Rpc.of(service).as(KEY).call("system.get_state");
            Rpc byToken = Rpc.of(service).as(token);
            String call = byToken.call("system.get_state").toString();
            for (int i = 0; i < CALLS; i++) {
                Response refused = byToken.post(call);
                assertThat(refused.statusCode()).isEqualTo(503);
                assertThat(refused.header("Retry-After")).isEqualTo("10");
                assertThat(refused.jsonPath().getString("error")).contains("tokens cannot be verified now");
                byKey.result();
            }
            assertThat(service.log().split("Connection refused", -1)).hasSizeLessThan(CALLS / 2);
            assertThat(service.log()).contains("OIDC server is not available", "Connection refused")
                    .doesNotContain(token, KEY, "\tat ");

            HttpServer provider = provider(port, issuer, (RSAPublicKey) keys.getPublic());
            try {
                await().atMost(Duration.ofSeconds(30))
                        .until(() -> byToken.post(call).asString().contains("\"result\""));
            } finally {
                provider.stop(0);
            }
            byToken.call("system.get_state").result();
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static HttpServer provider(int port, String issuer, RSAPublicKey key) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        serve(server, "/.well-known/openid-configuration", Map.of("issuer", issuer, "jwks_uri", issuer + "/keys"));
        serve(server, "/keys",
                Map.of("keys", List.of(Map.of("kid", "1", "kty", "RSA", "alg", "RS256", "use", "sig", "n",
                        encoded(key.getModulus()), "e", encoded(key.getPublicExponent())))));
        server.start();
        return server;
    }

    private static void serve(HttpServer server, String path, Map<String, ?> json) {
        byte[] body = Json.text(json).getBytes(UTF_8);
        server.createContext(path, exchange -> {
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, body.length);
            try (OutputStream answer = exchange.getResponseBody()) {
                answer.write(body);
            }
        });
    }

    private static String encoded(BigInteger number) {
        byte[] bytes = number.toByteArray();
        int sign = bytes[0] == 0 ? 1 : 0;
        return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOfRange(bytes, sign, bytes.length));
    }
}
