package dev.claudebench.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.support.FleetTest;
import io.quarkus.test.junit.QuarkusTest;

/** Paths that a task in progress holds exclusively. */
@QuarkusTest
class ResourceTest extends FleetTest {

    private JsonNode create(String text, String... resources) {
        return rpc("task.create").with("text", text).with("resources", resources).result();
    }

    private String claimedText(String workerId) {
        return rpc("task.claim").with("workerId", workerId).result().at("/task/text").asText("nothing");
    }

    @BeforeEach
    void registerWorkers() {
        register("w1", "worker");
        register("w2", "worker");
    }

    @Test
    void claimPassesOverATaskWhosePathsAreHeldAboveOrBelow() {
        create("holder", "repo/src");
        create("same", "repo/src");
        create("above", "repo");
        create("below", "docs", "repo/src/a");
        create("beside", "repo/src2", "repo/sr");
        assertThat(claimedText("w1")).isEqualTo("holder");
        assertThat(claimedText("w2")).isEqualTo("beside");
        assertThat(claimedText("w2")).isEqualTo("nothing");
    }

    @Test
    void oneClaimOfManyTasksHoldsNoPathTwice() {
        create("first", "a/b");
        create("second", "a");
        assertThat(rpc("task.claim").with("workerId", "w1")
                .with("maxTasks", 10)
                .result()
                .get("tasks")
                .findValuesAsText("text")).containsExactly("first");
    }

    @ParameterizedTest
    @ValueSource(strings = {"complete", "fail", "release", "cancel", "death", "unregistration"})
    void endOfTheClaimFreesThePaths(String end) {
        create("holder", "repo/src");
        create("next", "repo");
        JsonNode claimed = claim("w1");
        assertThat(claimedText("w2")).isEqualTo("nothing");

        switch (end) {
            case "complete" -> report("task.complete", claimed).result();
            case "fail" -> report("task.complete", claimed).with("error", "broke").result();
            case "release" -> report("task.release", claimed).result();
            case "cancel" -> rpc("task.cancel").with("taskId", claimed.get("id")).result();
            case "death" -> lapse("w1");
            default -> unregister("w1");
        }
        // released tasks keep their place
        String next = end.equals("release") || end.equals("unregistration") ? "holder" : "next";
        assertThat(claimedText("w2")).isEqualTo(next);
        assertThat(number("ZCARD", "cb:tasks:resources")).isEqualTo(1);
    }

    @Test
    void pathsAreNormalised() {
        assertThat(create("t", "/repo//src/", "repo/src").get("resources")).hasToString("[\"repo/src\"]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "a/../b", "..", "./a", "a\nb", "1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17"})
    void badPathIsRefusedWithItsField(String path) {
        assertThat(rpc("task.create").with("text", "t").with("resources", List.of("good", path)).violations())
                .containsExactly("resources[1]");
    }

    @Test
    void tooManyOrTooLongPathsAreRefused() {
        List<String> many = IntStream.range(0, 17).mapToObj(i -> "p" + i).toList();
        assertThat(rpc("task.create").with("text", "t").with("resources", many).violations())
                .containsExactly("resources");
        assertThat(rpc("task.create").with("text", "t").with("resources", List.of("x".repeat(257))).violations())
                .containsExactly("resources[0]");
    }
}
