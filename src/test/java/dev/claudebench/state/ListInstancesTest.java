package dev.claudebench.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.support.FleetTest;
import dev.claudebench.support.Rpc;
import io.quarkus.test.junit.QuarkusTest;

@QuarkusTest
class ListInstancesTest extends FleetTest {

    private static List<String> ids(List<JsonNode> pages) {
        return pages.stream().flatMap(page -> page.get("instances").findValuesAsText("id").stream()).toList();
    }

    private static List<String> numbered(String prefix, int from, int to, int step) {
        return IntStream.range(from, to).filter(i -> i % step == 0).mapToObj(i -> prefix + i).toList();
    }

    @Test
    void everyInstanceIsListedOnceByRankWithAndWithoutARole() {
        for (int i = 0; i < 250; i++) {
            register("i" + i, i % 5 == 0 ? "worker,specialist" : "worker");
        }
        register("chief", "leader");

        List<JsonNode> pages = rpc("system.list_instances").with("limit", 40).pages();
        assertThat(ids(pages)).containsExactlyElementsOf(
                Stream.concat(Stream.of("chief"), numbered("i", 0, 250, 1).stream()).toList());
        assertThat(pages).hasSize(7)
                .allSatisfy(page -> assertThat(page.get("instances").size()).isLessThanOrEqualTo(40));
        assertThat(ids(rpc("system.list_instances").with("limit", 7).with("role", "specialist").pages()))
                .containsExactlyElementsOf(numbered("i", 0, 250, 5));
        assertThat(ids(rpc("system.list_instances").with("role", "leader").pages())).containsExactly("chief");
        assertThat(ids(rpc("system.list_instances").with("role", "gpu").pages())).isEmpty();
        assertThat(rpc("system.list_instances").with("limit", 1000).result().get("instances"))
                .isEqualTo(state().get("instances"));
    }

    @Test
    void instanceIsReadByItsIdWhileItLives() {
        register("i1", "monitor");
        register("i2", "worker", "secret");
        assertThat(rpc("system.get_instance").with("instanceId", "i2").result())
                .isEqualTo(state().at("/instances/1"))
                .isNotEqualTo(state().at("/instances/0"));

        assertThat(rpc("system.get_instance").with("instanceId", "i3").refusal()).isEqualTo("instance_not_found");
        redis.execute("ZADD", "cb:instances:active", "XX", "1", "i1");
        assertThat(rpc("system.get_instance").with("instanceId", "i1").refusal()).isEqualTo("instance_not_found");
    }

    @Test
    void instanceHasItsCapacityAndTheNumbersOfItsTasks() {
        createNumberedTasks(5);
        rpc("system.register").with("id", "w1").with("roles", List.of("worker")).with("capacity", 3).result();
        claimTask("w1");
        register("m1", "monitor");

        assertThat(rpc("system.list_instances").result().get("instances")).extracting(
                instance -> instance.get("id").asText(), instance -> instance.get("capacity").intValue(),
                instance -> instance.get("inProgress").intValue(), instance -> instance.get("assigned").intValue())
                .containsExactly(tuple("w1", 3, 1, 2), tuple("m1", 10, 0, 0));
    }

    @Test
    void deadInstancesAreNotShown() {
        for (int i = 0; i < 6; i++) {
            register("i" + i, "monitor");
        }
        lapse("i0");
        // its record is there, its deadline is over
        redis.execute("ZADD", "cb:instances:active", "XX", "1", "i3");

        assertThat(ids(rpc("system.list_instances").with("limit", 2).pages())).containsExactly("i1", "i2", "i4", "i5");
        assertThat(ids(rpc("system.list_instances").with("role", "monitor").with("limit", 2).pages()))
                .containsExactly("i1", "i2", "i4", "i5");
    }

    @Test
    void pageWithARoleExaminesABoundedNumberOfInstances() {
        for (int i = 0; i < 1500; i++) {
            redis.execute("ZADD", "cb:leader:candidates", Integer.toString(i), "other" + i);
        }
        register("rare", "gpu");

        Rpc.Call list = rpc("system.list_instances").with("role", "gpu");
        List<JsonNode> pages = list.pages();
        assertThat(pages).hasSize(2);
        assertThat(pages.get(0).get("instances")).isEmpty();
        assertThat(ids(pages)).containsExactly("rare");
    }

    @Test
    void sessionIdsAreSecret() {
        assertThat(register("i1", "worker", "secret")).isTrue();
        assertThat(rpc("system.list_instances").result().toString()).contains("i1").doesNotContain("secret");
    }

    @Test
    void cursorIsRefusedForAnotherRole() {
        register("i1", "worker");
        register("i2", "worker");
        Rpc.Call all = rpc("system.list_instances").with("limit", 1);
        JsonNode cursor = all.result().get("cursor");
        assertThat(all.with("cursor", cursor).result().at("/instances/0/id").asText()).isEqualTo("i2");
        assertThat(all.with("role", "worker").violations()).containsExactly("cursor");
        assertThat(rpc("task.list").with("cursor", cursor).violations()).containsExactly("cursor");
    }
}
