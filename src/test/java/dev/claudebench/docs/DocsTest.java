package dev.claudebench.docs;

import static io.restassured.RestAssured.get;
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

import dev.claudebench.method.RateLimited;
import dev.claudebench.method.RpcMethod;
import dev.claudebench.support.Docs;
import dev.claudebench.support.FleetTest;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** The tables in docs are those of the code. */
@QuarkusTest
class DocsTest extends FleetTest {
    @Any
    @Inject
    Instance<RpcMethod<?, ?>> methods;

    private static Stream<MatchResult> find(String pattern, String page) {
        return Pattern.compile(pattern, Pattern.DOTALL | Pattern.MULTILINE).matcher(Docs.text(page)).results();
    }

    private static String table(String head, String page) {
        return find("^\\| " + head + " \\|.*?(\n\n|\\z)", page).findFirst().orElseThrow().group();
    }

    @Test
    void everyPropertyIsListedWithItsDefault() throws ClassNotFoundException {
        Map<String, String> documented = Docs.properties();
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
        String table = table("method \\| params \\| result", "methods.md");
        for (Instance.Handle<RpcMethod<?, ?>> handle : methods.handles()) {
            RpcMethod<?, ?> method = handle.get();
            if (method.name().startsWith("test.")) {
                continue;
            }
            assertThat(table).contains("| `" + method.name() + "` |");
            String limit = find("claudebench.rate-limit.\"" + Pattern.quote(method.name()) + "\".limit` \\| `(\\d+)`",
                    "configuration.md")
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
        Set<String> documented = find("^\\| `(claudebench_\\w+?)(_total)?` \\|", "operations.md")
                .map(row -> row.group(1))
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

        List<Pattern> documented = Pattern.compile("`(cb:[^`]+)`")
                .matcher(table("key \\| type \\| lives \\| holds", "operations.md"))
                .results()
                .map(key -> Pattern.compile(key.group(1).replaceAll("\\{\\w+}", ".+")))
                .toList();
        assertThat(redis.key().keys("*")).isNotEmpty()
                .allSatisfy(key -> assertThat(documented).anyMatch(pattern -> pattern.matcher(key).matches()));
    }
}
