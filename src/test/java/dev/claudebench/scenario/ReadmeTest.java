package dev.claudebench.scenario;

import static io.restassured.RestAssured.get;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.lang.reflect.Method;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;

import org.junit.jupiter.api.Test;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.method.Json;
import dev.claudebench.method.RateLimited;
import dev.claudebench.method.RpcMethod;
import dev.claudebench.support.FleetTest;
import dev.claudebench.support.Readme;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** What README.md says is so. */
@QuarkusTest
class ReadmeTest extends FleetTest {
    private final String readme = Readme.text();

    @Any
    @Inject
    Instance<RpcMethod<?, ?>> methods;

    private Stream<MatchResult> find(String pattern) {
        return Pattern.compile(pattern, Pattern.DOTALL | Pattern.MULTILINE).matcher(readme).results();
    }

    private static String post(String body) {
        return given().contentType("application/json").body(body).post("/rpc").asString();
    }

    @Test
    void curlExamplesWorkAsShown() {
        var calls = find("curl http://127.0.0.1:8080/rpc -H 'Content-Type: application/json' -d '([^']*)'").toList();
        assertThat(calls).hasSize(2);
        String reply = find("```json\n(.*?)\n```").findFirst().orElseThrow().group(1);

        assertThat(post(calls.get(0).group(1))).isEqualTo(reply);
        JsonNode batch = Json.read(post(calls.get(1).group(1)));
        assertThat(batch.at("/2/result/tasks/0/status").asText()).isEqualTo("assigned");
        assertThat(batch.at("/2/result/tasks/0/workerId").asText()).isEqualTo("worker-1");
    }

    @Test
    void openRpcDocumentIsAtItsAddress() {
        var addresses = find("curl http://127\\.0\\.0\\.1:8080(/\\S+)$").toList();
        assertThat(addresses).hasSize(1);
        String document = get(addresses.get(0).group(1)).asString();
        assertThat(Json.read(document)).isEqualTo(Json.read(rpc("rpc.discover").result().toString()));
    }

    @Test
    void everyPropertyIsListedWithItsDefault() throws ClassNotFoundException {
        Map<String, String> documented = Readme.properties();
        documented.keySet()
                .removeIf(name -> name.startsWith("quarkus.") || name.startsWith("smallrye.")
                        || name.contains("rate-limit"));
        Map<String, String> actual = new TreeMap<>();
        for (String mapping : List.of("bench.BenchConfig", "event.EventConfig", "guard.GuardConfig",
                "config.InstanceConfig",
                "redis.embedded.EmbeddedRedisConfig",
                "redis.RedisConfig", "rpc.RpcConfig", "state.FleetMetricsConfig", "config.TaskConfig",
                "config.QuotaConfig",
                "security.SecurityConfig")) {
            Class<?> type = Class.forName("dev.claudebench." + mapping);
            collect(type.getAnnotation(ConfigMapping.class).prefix(), type, actual);
        }
        assertThat(documented).isEqualTo(actual);
    }

    private static void collect(String prefix, Class<?> mapping, Map<String, String> defaults) {
        for (Method property : mapping.getMethods()) {
            String name = prefix + "." + property.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
            WithDefault value = property.getAnnotation(WithDefault.class);
            if (value != null) {
                defaults.put(name, value.value());
            } else if (property.getReturnType() == Optional.class) {
                defaults.put(name, "none");
            } else if (!Map.class.isAssignableFrom(property.getReturnType())) {
                collect(name, property.getReturnType(), defaults);
            }
        }
    }

    @Test
    void everyMethodIsInTheTableAndHasARateLimit() {
        String table = find("^\\| method \\| params.*?\n\n").findFirst().orElseThrow().group();
        for (Instance.Handle<RpcMethod<?, ?>> handle : methods.handles()) {
            RpcMethod<?, ?> method = handle.get();
            if (method.name().startsWith("test.")) {
                continue;
            }
            assertThat(table).contains("| `" + method.name() + "` |");
            String limit = find("claudebench.rate-limit.\"" + Pattern.quote(method.name()) + "\".limit` \\| `(\\d+)`")
                    .findFirst()
                    .orElseThrow()
                    .group(1);
            assertThat(declaredLimit(handle.getBean().getBeanClass())).hasToString(limit);
        }
    }

    private static int declaredLimit(Class<?> bean) {
        return Stream.of(bean.getDeclaredMethods())
                .map(method -> method.getAnnotation(RateLimited.class))
                .filter(Objects::nonNull)
                .findFirst()
                .orElseThrow()
                .limit();
    }

    @Test
    void everyMetricIsListed() {
        register("w1", "worker");
        Set<String> documented = find("^\\| `(claudebench_\\w+?)(_total)?` \\|").map(row -> row.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        await().untilAsserted(() -> assertThat(exported()).isEqualTo(documented));
    }

    private static Set<String> exported() {
        return Pattern.compile("# TYPE (claudebench_\\w+?)(_max|_total)? ")
                .matcher(get("/q/metrics").asString())
                .results()
                .map(name -> name.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void everyKeyIsListed() {
        rpc("task.create").with("text", "special").with("roles", List.of("gpu")).with("idempotencyKey", "k").result();
        createTask("plain");
        register("w1", "worker");
        get("/q/health/ready").then().statusCode(200);

        String table = find("^\\| key \\| type.*?\n\n").findFirst().orElseThrow().group();
        List<Pattern> documented = Pattern.compile("`(cb:[^`]+)`")
                .matcher(table)
                .results()
                .map(key -> Pattern.compile(key.group(1).replaceAll("\\{\\w+}", ".+")))
                .toList();
        assertThat(redis.key().keys("*")).isNotEmpty()
                .allSatisfy(key -> assertThat(documented).anyMatch(pattern -> pattern.matcher(key).matches()));
    }
}
