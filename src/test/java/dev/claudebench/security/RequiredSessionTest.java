package dev.claudebench.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.claudebench.support.FleetTest;
import dev.claudebench.support.Rpc;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;

/** Without credentials, sessions can be made mandatory, so that nobody acts for an instance by its id alone. */
@QuarkusTest
@TestProfile(RequiredSessionTest.Required.class)
class RequiredSessionTest extends FleetTest {

    public static class Required implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("claudebench.security.require-session", "true");
        }
    }

    @ParameterizedTest
    @CsvSource({"system.heartbeat,instanceId", "system.unregister,instanceId", "system.resign,instanceId",
            "task.claim,workerId", "task.complete,taskId", "task.progress,taskId", "task.release,taskId"})
    void callWithoutASessionIsRefused(String method, String param) {
        assertThat(call(method, param).violations()).containsExactly("sessionId");
        assertThat(call(method, param).with("sessionId", null).violations()).containsExactly("sessionId");
        assertThat(call(method, param).with("sessionId", "s").response().toString())
                .doesNotContain("violations");
    }

    private Rpc.Call call(String method, String param) {
        Rpc.Call call = rpc(method).with(param, "w1");
        return param.equals("taskId") ? call.with("claim", 1) : call;
    }

    @Test
    void registrationNeedsASessionToo() {
        assertThat(rpc("system.register").with("id", "w1").with("roles", List.of()).violations())
                .containsExactly("sessionId");
        assertThat(keys()).isEmpty();
        assertThat(register("w1", "", "s")).isTrue();
    }

    @Test
    void methodsWithoutASessionAreAsEver() {
        createTask("t");
        assertThat(state().get("tasks")).hasSize(1);
    }
}
