package dev.claudebench.security;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.method.Json;
import dev.claudebench.support.FleetTest;
import dev.claudebench.support.Rpc;
import dev.claudebench.support.SseClient;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.quarkus.test.oidc.server.OidcWiremockTestResource;
import io.restassured.response.Response;
import io.smallrye.jwt.build.Jwt;
import io.smallrye.jwt.build.JwtClaimsBuilder;

/** Tokens of an OpenID provider, beside API keys. */
@QuarkusTest
@TestProfile(TokenTest.WithProvider.class)
class TokenTest extends FleetTest {
    private static final String ISSUER = "https://server.example.com";
    private static final String KEY = "cb_alice_" + "0123456789abcdefghijklmnopqrstuvwxyzABCDEF0";

    /** A provider, an API key, and a claim with a name of its own. */
    public static final class WithProvider implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("quarkus.oidc.auth-server-url", "${keycloak.url}/realms/quarkus/",
                    "claudebench.security.keys[0]", ApiKey.entry(KEY, "lead"));
        }

        @Override
        public List<TestResourceEntry> testResources() {
            return List.of(new TestResourceEntry(OidcWiremockTestResource.class));
        }
    }

    private static JwtClaimsBuilder token(String name, String... roles) {
        return Jwt.issuer(ISSUER).subject(name).groups(Set.of(roles)).expiresIn(300);
    }

    private static String signed(JwtClaimsBuilder token) {
        return token.jws().keyId("1").sign();
    }

    private Rpc as(JwtClaimsBuilder token) {
        return rpc().as(signed(token));
    }

    private static Rpc.Call registration(Rpc rpc, String id) {
        return rpc.call("system.register").with("id", id).with("roles", List.of("worker")).with("sessionId", "s");
    }

    @ParameterizedTest
    @CsvSource({"viewer, 1", "agent, 2", "lead, 3", "admin, 4"})
    void roleGivesAPermissionAndThoseBefore(String role, int granted) {
        Rpc rpc = as(token("alice", "user", role));
        List<Rpc.Call> calls = List.of(rpc.call("system.get_state"), registration(rpc, "w1"),
                rpc.call("task.create").with("text", "t"), rpc.call("system.repair"));
        List<String> permissions = List.of("viewer", "agent", "lead", "admin");
        for (int i = 0; i < calls.size(); i++) {
            if (i < granted) {
                calls.get(i).result();
            } else {
                assertThat(calls.get(i).error(-32003).at("/data/permission").asText()).isEqualTo(permissions.get(i));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"user", "ADMIN", "admin ", "viewer,admin"})
    void otherRolesGiveNothing(String role) {
        Rpc rpc = as(token("alice", role));
        assertThat(rpc.call("system.get_state").error(-32003).at("/data/permission").asText()).isEqualTo("viewer");
        for (String path : List.of("/events", "/openrpc.json", "/q/metrics", "/nowhere")) {
            assertThat(rpc.http().get(path).statusCode()).as(path).isEqualTo(403);
        }
    }

    @Test
    void tokenForOtherBenchesIsForbidden() {
        registration(as(token("alice", "agent").claim("benches", List.of("other", "default"))), "w1").result();
        registration(as(token("alice", "agent").claim("benches", "default")), "w1").result();

        for (Object benches : List.of("other", List.of("other", "another"), "default other")) {
            Rpc rpc = as(token("alice", "agent").claim("benches", benches));
            assertThat(rpc.post(registration(rpc, "w2").toString()).statusCode()).isEqualTo(403);
            assertThat(rpc.http().get("/events").statusCode()).isEqualTo(403);
        }
        assertThat(keys()).doesNotContain("cb:instance:w2");
    }

    static Stream<Object> unusableBenches() {
        return Stream.of(List.of(), 7, true, Map.of("default", true), List.of("default", 7));
    }

    @ParameterizedTest
    @MethodSource("unusableBenches")
    void claimThatNamesNoBenchesIsRefused(Object benches) {
        assertRefused(signed(token("alice", "admin").claim("benches", benches)));
    }

    @Test
    void principalIsNotThatOfAnApiKeyWithTheSameName() {
        registration(rpc().as(KEY), "w1").result();
        registration(as(token("alice", "agent")), "w2").result();
        assertThat(text("HGET", "cb:instance:w1", "owner")).isEqualTo("alice");
        assertThat(text("HGET", "cb:instance:w2", "owner")).isEqualTo("jwt:alice");

        for (String id : List.of("w1", "w2")) {
            Rpc other = id.equals("w1") ? as(token("alice", "agent")) : rpc().as(KEY);
            JsonNode error = other.call("system.unregister")
                    .with("instanceId", id)
                    .with("sessionId", "s")
                    .error(-32003);
            assertThat(error.at("/data/owner").asText("none")).isEqualTo("false");
        }
    }

    /** Users may be able to choose their name. */
    @Test
    void principalIsTheSubject() {
        registration(as(token("4711", "agent").preferredUserName("alice").upn("alice")), "w1").result();
        assertThat(text("HGET", "cb:instance:w1", "owner")).isEqualTo("jwt:4711");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a\nb", "a\tb", "\u0000", "a\u0085"})
    void nameWithAControlCharacterOrNoneIsRefused(String name) {
        assertRefused(signed(token(name, "admin")));
    }

    @Test
    void nameHasAtMost256Characters() {
        registration(as(token("é".repeat(256), "agent")), "w1").result();
        assertRefused(signed(token("é".repeat(257), "agent")));
        assertRefused(signed(Jwt.issuer(ISSUER).groups("admin").expiresIn(300)));
    }

    @Test
    void badTokensAreRefused() throws NoSuchAlgorithmException {
        String good = signed(token("alice", "admin"));
        String[] parts = good.split("\\.", -1);
        KeyPairGenerator keys = KeyPairGenerator.getInstance("RSA");
        keys.initialize(2048);
        String none = encoded("{\"alg\":\"none\",\"typ\":\"JWT\"}") + "." + parts[1] + ".";

        rpc().as(good).call("system.get_state").result();
        assertRefused(none);
        assertRefused(none + parts[2]);
        assertRefused(parts[0] + "." + encoded("{\"sub\":\"eve\",\"groups\":[\"admin\"]}") + "." + parts[2]);
        assertRefused(token("alice", "admin").jws().keyId("1").sign(keys.generateKeyPair().getPrivate()));
        assertRefused(token("alice", "admin").jws().keyId("2").sign(keys.generateKeyPair().getPrivate()));
        assertRefused(token("alice", "admin").jws().keyId("1").signWithSecret("s".repeat(64)));
        assertRefused(signed(token("alice", "admin").expiresAt(Instant.now().minusSeconds(60))));
        assertRefused(signed(token("alice", "admin").issuer("https://elsewhere.example")));
        assertRefused("opaque");
        assertRefused("a.b.c");
        assertRefused("");
        assertRefused(good.substring(0, good.length() - 10));
        assertThat(keys()).isEmpty();
    }

    @Test
    void keysAreStillTaken() {
        rpc().as(KEY).call("task.create").with("text", "t").result();
        assertRefused(KEY + "x");
        assertThat(challenge(rpc().post("{}"))).contains("send Authorization");
        assertThat(rpc().http().get("/q/health/live").statusCode()).isEqualTo(200);
    }

    @Test
    void eventStreamEndsWithItsToken() {
        String shortLived = signed(token("alice", "viewer").expiresIn(5));
        String longLived = signed(token("bob", "viewer"));
        try (SseClient ending = SseClient.followAs(service, shortLived).awaitPosition();
                SseClient staying = SseClient.followAs(service, longLived).awaitPosition()) {
            assertThat(ending.isOpen()).isTrue();
            await().until(() -> !ending.isOpen());
            assertRefused(shortLived);
            createTaskAs(KEY);
            assertThat(staying.next().event()).isEqualTo("task.created");
        }
    }

    private void createTaskAs(String credential) {
        rpc().as(credential).call("task.create").with("text", "t").result();
    }

    private void assertRefused(String credential) {
        Rpc rpc = rpc().as(credential);
        challenge(rpc.post(rpc.call("system.get_state").toString()));
        challenge(rpc.http().get("/events"));
    }

    /** Asserts that the answer asks for credentials. Returns the message. */
    private static String challenge(Response response) {
        String body = response.asString();
        assertThat(response.statusCode()).as(body).isEqualTo(401);
        assertThat(response.header("WWW-Authenticate")).isEqualTo("Bearer");
        JsonNode error = Json.read(body).get("error");
        return error.isTextual() ? error.asText() : error.get("message").asText();
    }

    private static String encoded(String json) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(UTF_8));
    }
}
