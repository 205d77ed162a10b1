package dev.claudebench.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.support.FleetTest;
import io.quarkus.test.junit.QuarkusTest;

/** However much there is to tell, one answer tells a bounded part of it. */
@QuarkusTest
class LargeAnswerTest extends FleetTest {
    private static final int LARGE = 15_000;
    private static final int TASKS = 80;
    private static final int LIST_BYTES = 512 << 10;
    private static final int BATCH_BYTES = 4 << 20;

    @BeforeEach
    void fillTheSystem() {
        for (int i = 0; i < TASKS; i++) {
            String metadata = "{'of':'" + String.valueOf(i % 10).repeat(LARGE) + "'}";
            rpc("task.create").with("text", "t" + i).with("metadata", metadata).result();
            rpc("system.register").with("id", "m" + i).with("roles", List.of("monitor")).with("metadata", metadata).result();
        }
    }

    @Test
    void pageOfTasksEndsWhenItIsLargeAndTheNextGoesOn() {
        List<String> texts = new ArrayList<>();
        String cursor = "";
        int pages = 0;
        do {
            JsonNode page = rpc.result("task.list", "{'limit':1000" + cursor + "}");
            assertThat(page.toString().length()).isLessThan(LIST_BYTES + LARGE);
            page.get("tasks").forEach(task -> texts.add(task.get("text").asText()));
            cursor = page.has("cursor") ? ",'cursor':'" + page.get("cursor").asText() + "'" : "";
            pages++;
        } while (!cursor.isEmpty());
        assertThat(texts).hasSize(TASKS).doesNotHaveDuplicates();
        assertThat(pages).isGreaterThan(TASKS * LARGE / LIST_BYTES);
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
        assertThat(state.at("/tasks/0/text").asText()).as("the first are told").isEqualTo("t0");
    }

    @Test
    void batchRunsNoMoreCallsOnceItsAnswerIsLarge() {
        String list = "{\"jsonrpc\":\"2.0\",\"method\":\"task.list\",\"params\":{\"limit\":1000},\"id\":1}";
        String create = list.replace("task.list", "task.create").replace("\"limit\":1000", "\"text\":\"too late\"");
        JsonNode answers = rpc.send("[" + (list + ",").repeat(30) + create + "]");

        assertThat(answers).hasSize(31);
        assertThat(answers.toString().length()).isBetween(BATCH_BYTES, BATCH_BYTES + 2 * LIST_BYTES);
        assertThat(answers.get(0).has("result")).isTrue();
        assertThat(answers.at("/30/error/code").intValue()).isEqualTo(-32004);
        assertThat(answers.at("/30/error/data/outcome").asText()).isEqualTo("not_executed");
        assertThat(number("ZCARD", "cb:queue:tasks:pending")).isEqualTo(TASKS);
    }
}
