package dev.claudebench.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;

import org.junit.jupiter.api.Test;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.support.FleetTest;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;

@QuarkusTest
@TestProfile(RetentionTest.KeepFew.class)
class RetentionTest extends FleetTest {

    public static class KeepFew implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("claudebench.task.retention-count", "3");
        }
    }

    private String complete() {
        JsonNode claimed = claim("w1");
        report("task.complete", claimed).result();
        return claimed.get("id").asText();
    }

    @Test
    void endedTasksBeyondTheNumberThatIsKeptAreDroppedWithAllTheirKeys() {
        register("w1", "worker");
        createNumberedTasks(6);
        String oldest = complete();
        String second = complete();
        for (int i = 2; i < 5; i++) {
            complete();
        }

        for (String id : new String[]{oldest, second}) {
            assertThat(rpc("task.get").with("taskId", id).refusal()).isEqualTo("task_not_found");
            assertThat(redis.key().keys("*" + id + "*")).isEmpty();
            assertThat(text("ZSCORE", "cb:tasks:all", id)).isEmpty();
        }
        assertThat(rpc("task.list").with("status", "completed").result().get("tasks").findValuesAsText("text"))
                .containsExactlyInAnyOrder("t2", "t3", "t4");
        assertThat(number("ZCARD", "cb:tasks:completed")).isEqualTo(3);
        assertThat(number("ZCARD", "cb:tasks:all")).as("with the open one").isEqualTo(4);
    }
}
