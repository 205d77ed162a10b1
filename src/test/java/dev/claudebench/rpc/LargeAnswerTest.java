package dev.claudebench.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.support.FleetTest;
import dev.claudebench.support.Rpc;
import io.quarkus.test.junit.QuarkusTest;

/** The size of an answer is bounded, however much there is. */
@QuarkusTest
class LargeAnswerTest extends FleetTest {
    private static final int LARGE = 15_000;
    private static final int TASKS = 80;
    private static final int LIST_BYTES = 512 << 10;
    private static final int BATCH_BYTES = 4 << 20;

    @BeforeEach
    void fillTheSystem() {
        for (int i = 0; i < TASKS; i++) {
            Map<String, String> metadata = Map.of("of", String.valueOf(i % 10).repeat(LARGE));
            rpc("task.create").with("text", "t" + i).with("metadata", metadata).result();
            rpc("system.register").with("id", "m" + i)
                    .with("roles", List.of("monitor"))
                    .with("metadata", metadata)
                    .result();
        }
    }

    @Test
    void pageOfTasksEndsWhenItIsLargeAndTheNextGoesOn() {
        List<JsonNode> pages = rpc("task.list").with("limit", 1000).pages();
        assertThat(pages).hasSizeGreaterThan(TASKS * LARGE / LIST_BYTES)
                .allSatisfy(page -> assertThat(page.toString().length()).isLessThan(LIST_BYTES + LARGE));
        assertThat(pages).flatMap(page -> page.findValuesAsText("text")).hasSize(TASKS).doesNotHaveDuplicates();
    }

    @Test
    void listsOfTheStateEndWhenTheyAreLarge() {
        JsonNode state = rpc("system.get_state").with("limit", 1000).result();
        for (String list : List.of("instances", "tasks", "recentEvents")) {
            assertThat(state.get(list)).as(list).isNotEmpty();
            assertThat(state.get(list).toString().length()).as(list).isLessThan(LIST_BYTES + LARGE);
        }
        assertThat(state.get("tasks")).hasSizeLessThan(TASKS);
        assertThat(state.get("instances")).hasSizeLessThan(TASKS);
        assertThat(state.get("truncated").booleanValue()).isTrue();
        assertThat(state.at("/totals/instances").intValue()).isEqualTo(TASKS);
        assertThat(state.at("/totals/tasks/pending").intValue()).isEqualTo(TASKS);
        assertThat(state.at("/tasks/0/text").asText()).as("the first come first").isEqualTo("t0");
    }

    @Test
    void batchRunsNoMoreCallsOnceItsAnswerIsLarge() {
        List<Rpc.Call> calls = new ArrayList<>(Collections.nCopies(30, rpc("task.list").with("limit", 1000)));
        calls.add(rpc("task.create").with("text", "too late"));
        JsonNode answers = rpc().batch(calls);

        assertThat(answers).hasSize(31);
        assertThat(answers.toString().length()).isBetween(BATCH_BYTES, BATCH_BYTES + 2 * LIST_BYTES);
        assertThat(answers.get(0).has("result")).isTrue();
        assertThat(answers.at("/30/error/code").intValue()).isEqualTo(-32004);
        assertThat(answers.at("/30/error/data/outcome").asText()).isEqualTo("not_executed");
        assertThat(number("ZCARD", "cb:queue:tasks:pending")).isEqualTo(TASKS);
    }
}
