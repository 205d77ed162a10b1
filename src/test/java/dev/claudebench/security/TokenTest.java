package dev.claudebench.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.startsWith;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.junit.jupiter.api.Test;

import dev.claudebench.method.Permission;
import dev.claudebench.support.FleetTest;
import dev.claudebench.support.Rpc;
import dev.claudebench.support.SseClient;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.quarkus.test.oidc.server.OidcWiremockTestResource;
import io.restassured.response.Response;
import io.smallrye.jwt.build.Jwt;
import io.smallrye.jwt.build.JwtClaimsBuilder;

/** Bearer tokens of an OpenID provider, beside API keys. */
@QuarkusTest
@WithTestResource(OidcWiremockTestResource.class)
@TestProfile(TokenTest.Tokens.class)
class TokenTest extends FleetTest {
    private static final String ISSUER = "https://server.example.com";

    public static class Tokens extends Keys {
        @Override
        public Map<String, String> getConfigOverrides() {
            Map<String, String> settings = new HashMap<>(super.getConfigOverrides());
            settings.put("quarkus.oidc.auth-server-url", "${keycloak.url}/realms/quarkus");
            settings.put("quarkus.oidc.token.lifespan-grace", "0");
            return settings;
        }
    }

    private static JwtClaimsBuilder claims(String name, String... roles) {
        return Jwt.preferredUserName(name).groups(Set.of(roles)).issuer(ISSUER).audience("https://service.example.com");
    }

    private static String token(String name, String... roles) {
        return claims(name, roles).jws().keyId("1").sign();
    }

    @Test
    void rolesArePermissionsThatIncludeLesserOnes() {
        for (String permission : Permission.ALL) {
            Rpc caller = rpc().as(token("tina", permission, "offline_access"));
            assertThat(caller.call("system.metrics").response().has("result")).isTrue();
            assertThat(caller.call("task.create").with("text", "t").response().has("result")).as(permission)
                    .isEqualTo(Permission.upTo(permission).contains("lead"));
            assertThat(caller.call("system.repair").response().has("result")).as(permission)
                    .isEqualTo(permission.equals("admin"));
        }
    }

    @Test
    void tokenWithoutPermissionsIsForbiddenEverything() {
        rpc().as(token("tina", "offline_access"))
                .http()
                .get("/openrpc.json")
                .then()
                .statusCode(403)
                .body("error", startsWith("the credentials"));
    }

    @Test
    void principalOfATokenIsNotThatOfTheKeyWithItsName() {
        Rpc key = rpc().as(Keys.ALICE);
        Rpc token = rpc().as(token("alice", "agent"));
        key.call("system.register").with("id", "w1").with("roles", List.of()).result();
        token.call("system.heartbeat").with("instanceId", "w1").error(-32003);
        token.call("system.register").with("id", "w2").with("roles", List.of()).result();
        assertThat(text("HGET", "cb:instance:w1", "owner")).isEqualTo("alice");
        assertThat(text("HGET", "cb:instance:w2", "owner")).isEqualTo("jwt:alice");
        token.call("system.resign").with("instanceId", "w2").result();
        assertThat(keys()).contains("cb:ratelimit:system.resign:user:jwt:alice");
    }

    @Test
    void benchesOfATokenAreTheOnlyOnes() {
        String elsewhere = claims("tina", "admin").claim("benches", List.of("other")).jws().keyId("1").sign();
        String here = claims("tina", "admin").claim("benches", List.of("default")).jws().keyId("1").sign();
        rpc().as(elsewhere).http().get("/events").then().statusCode(403).body("error", startsWith("the credentials"));
        assertThat(rpc().as(here).call("system.metrics").response().has("result")).isTrue();
    }

    @Test
    void otherTokensAreRefused() {
        String good = token("tina", "admin");
        String[] parts = good.split("\\.", -1);
        String none = base64("{\"alg\":\"none\"}") + "." + parts[1] + ".";
        for (String bad : List.of("x", "a.b.c", none, parts[0] + "." + parts[1] + ".",
                good.substring(0, good.length() - 9),
                claims("tina", "admin").expiresAt(Instant.now().minusSeconds(60)).jws().keyId("1").sign(),
                claims("tina", "admin").jws().keyId("1").signWithSecret("a secret that nobody else knows, long enough"),
                claims("tina", "admin").issuer("https://other.example").jws().keyId("1").sign(),
                token("ti\u0000na", "admin"), token("x".repeat(257), "admin"))) {
            Response answer = rpc().as(bad).http().get("/openrpc.json");
            String body = answer.asString();
            assertThat(answer.statusCode()).as(bad).isEqualTo(401);
            assertThat(answer.header("WWW-Authenticate")).as(bad).isEqualTo("Bearer");
            assertThat(body).as(bad).contains("Unauthenticated: the credentials are not valid");
        }
    }

    @Test
    void streamEndsWhenItsTokenExpires() {
        String shortLived = claims("tina", "viewer").expiresAt(Instant.now().plus(Duration.ofSeconds(4)))
                .jws()
                .keyId("1")
                .sign();
        try (SseClient client = SseClient.followAs(service, shortLived)) {
            client.awaitPosition();
            client.awaitEnd();
        }
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
