package dev.claudebench.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.support.FleetTest;
import dev.claudebench.support.Rpc;
import io.quarkus.test.junit.QuarkusTest;

@QuarkusTest
class TaskListTest extends FleetTest {

    private static List<String> texts(List<JsonNode> pages) {
        return pages.stream().flatMap(page -> page.get("tasks").findValuesAsText("text").stream()).toList();
    }

    @Test
    void everyTaskIsListedOnceInOrderOfCreationWhateverMovesBetweenThePages() {
        for (int i = 0; i < 30; i++) {
            createTask("t" + i, i % 3 * 30);
        }
        Rpc.Call list = rpc("task.list").with("limit", 5);
        List<JsonNode> pages = new ArrayList<>();
        for (int i = 0; pages.isEmpty() || pages.get(pages.size() - 1).has("cursor"); i++) {
            if (!pages.isEmpty()) {
                list.with("cursor", pages.get(pages.size() - 1).get("cursor"));
            }
            pages.add(list.result());
            register("w" + i, "worker");
            claimTask("w" + i);
            completeTask(claimTask("w" + i), "w" + i);
            if (i == 3) {
                unregister("w0");
            }
        }
        assertThat(texts(pages)).containsExactlyElementsOf(IntStream.range(0, 30).mapToObj(i -> "t" + i).toList());
        assertThat(pages).hasSize(6).allSatisfy(page -> assertThat(page.get("tasks")).hasSize(5));
        assertThat(pages.stream().flatMap(page -> page.get("tasks").findValuesAsText("status").stream()))
                .as("tasks have moved")
                .contains("pending", "assigned", "completed");
    }

    @Test
    void tasksWithAStatusAreListedInTheOrderOfThatStatus() {
        createTask("later", 10);
        createTask("first", 90);
        createTask("second", 90);
        Rpc.Call pending = rpc("task.list").with("status", "pending").with("limit", 1);
        assertThat(texts(pending.pages())).containsExactly("first", "second", "later");
        register("w1", "worker");
        completeTask(claimTask("w1"), "w1");
        claimTask("w1");
        assertThat(texts(rpc("task.list").with("status", "completed").pages())).containsExactly("first");
        assertThat(texts(rpc("task.list").with("status", "in_progress").pages())).containsExactly("second");
        assertThat(texts(rpc("task.list").with("status", "assigned").pages())).containsExactly("later");
    }

    @Test
    void tasksOfTheSameTimeAreAllListed() {
        for (int i = 0; i < 12; i++) {
            rpc("task.create").with("text", "t" + i).with("runAt", 9_000_000_000_000L).result();
        }
        Rpc.Call scheduled = rpc("task.list").with("status", "scheduled").with("limit", 5);
        assertThat(texts(scheduled.pages())).hasSize(12).doesNotHaveDuplicates();
    }

    @Test
    void tasksOfAWorkerAreThoseThatItHolds() {
        createNumberedTasks(4);
        register("w1", "worker");
        createTask("of nobody", 90, "gpu");
        completeTask(claimTask("w1"), "w1");
        claimTask("w1");
        Rpc.Call held = rpc("task.list").with("workerId", "w1").with("limit", 1);
        assertThat(texts(held.pages())).containsExactly("t1", "t2", "t3");
        assertThat(texts(rpc("task.list").with("workerId", "w1").with("status", "assigned").with("limit", 1).pages()))
                .containsExactly("t2", "t3");
        assertThat(texts(rpc("task.list").with("workerId", "w1").with("status", "completed").pages())).isEmpty();
        assertThat(texts(rpc("task.list").with("workerId", "nobody").pages())).isEmpty();
    }

    @Test
    void cursorOfAnotherListIsRefused() {
        createNumberedTasks(4);
        register("w1", "worker");
        createTask("g1", 50, "gpu");
        createTask("g2", 50, "gpu");
        register("m1", "monitor");
        List<Rpc.Call> calls = List.of(rpc("task.list"), rpc("task.list").with("status", "pending"),
                rpc("task.list").with("status", "assigned"), rpc("task.list").with("workerId", "w1"),
                rpc("task.list").with("workerId", "w1").with("status", "assigned"), rpc("system.list_instances"));
        List<String> cursors = calls.stream()
                .map(call -> call.with("limit", 1).result().get("cursor").asText())
                .toList();
        for (int i = 0; i < calls.size(); i++) {
            for (int j = 0; j < cursors.size(); j++) {
                Rpc.Call call = calls.get(i).with("cursor", cursors.get(j));
                if (i == j) {
                    call.result();
                } else {
                    assertThat(call.violations()).as("%s", call).containsExactly("cursor");
                }
            }
        }
    }

    @Test
    void endedTaskThatIsForgottenIsListedNoMore() {
        String lost = createTask("lost by hand");
        String old = createTask("old");
        createTask("kept");
        register("w1", "worker");
        redis.execute("DEL", "cb:task:" + lost);
        completeTask(claimTask("w1"), "w1");
        // as after its retention
        redis.execute("ZADD", "cb:tasks:completed", "XX", "1", old);
        redis.execute("DEL", "cb:task:" + old);
        unregister("w1");
        register("w2", "worker");
        completeTask(claimTask("w2"), "w2");

        assertThat(texts(rpc("task.list").with("limit", 1).pages())).containsExactly("kept");
        assertThat(number("ZCARD", "cb:tasks:all")).isEqualTo(1);
    }
}
