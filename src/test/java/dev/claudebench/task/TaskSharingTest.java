package dev.claudebench.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.support.FleetTest;
import dev.claudebench.support.Rpc;
import io.quarkus.test.junit.QuarkusTest;

/** Who is assigned which tasks, and who begins them. */
@QuarkusTest
class TaskSharingTest extends FleetTest {

    private Rpc.Call registration(String id, int capacity) {
        return rpc("system.register").with("id", id).with("roles", List.of("worker")).with("capacity", capacity);
    }

    private List<String> claimedTexts(String workerId, int maxTasks) {
        return rpc("task.claim").with("workerId", workerId)
                .with("maxTasks", maxTasks)
                .result()
                .get("tasks")
                .findValuesAsText("text");
    }

    @Test
    void idleHolderDoesNotKeepATaskFromAFreeWorker() {
        createTask("t");
        register("idle-1", "worker");
        register("keen-2", "worker");
        assertThat(tasksOf("idle-1")).containsExactly("t");

        assertThat(claim("keen-2").get("workerId").asText()).isEqualTo("keen-2");

        assertThat(tasksOf("keen-2")).containsExactly("t");
        assertThat(tasksOf("idle-1")).isEmpty();
        assertThat(rpc("task.claim").with("workerId", "idle-1").result().get("claimed").booleanValue()).isFalse();
        assertThat(events("task.claimed").get(0).get("previousWorkerId").asText()).isEqualTo("idle-1");
    }

    @Test
    void urgentTaskOfABusyWorkerIsBegunByAFreeOneBeforeItsLessUrgentOwn() {
        createTask("begun");
        register("busy", "worker");
        claimTask("busy");
        createTask("urgent", 100);
        register("busy", "worker");
        register("free", "worker");
        createTask("later", 10);
        register("free", "worker");
        assertThat(tasksOf("busy")).containsExactly("urgent", "begun");
        assertThat(tasksOf("free")).containsExactly("later");

        assertThat(claimedTexts("free", 1)).containsExactly("urgent");
        assertThat(claimedTexts("free", 1)).containsExactly("later");
    }

    @Test
    void withinAPriorityAWorkerBeginsItsOwnTasksFirst() {
        createTask("older");
        register("w1", "worker");
        createTask("younger");
        register("w2", "worker");
        assertThat(tasksOf("w1")).containsExactly("older");
        assertThat(tasksOf("w2")).containsExactly("younger");

        assertThat(claimedTexts("w2", 2)).containsExactly("younger", "older");
    }

    @Test
    void urgentTasksGoFirstAndEqualOnesInTheOrderTheyCame() {
        for (int i = 1; i <= 12; i++) {
            createTask("normal" + i);
        }
        createTask("urgent", 100);
        createTask("idle", 0);
        register("w1", "worker");

        assertThat(tasksOf("w1")).as("ten at most")
                .containsExactly("urgent", "normal1", "normal2", "normal3", "normal4",
                        "normal5", "normal6", "normal7", "normal8", "normal9");
        assertThat(number("ZCARD", "cb:queue:tasks:pending")).isEqualTo(4);
        assertThat(number("HGET", "cb:metrics:global", "tasksPending")).isEqualTo(4);
    }

    @Test
    void workerGetsItsFairShareOfOpenTasks() {
        register("w1", "worker");
        register("w2", "worker");
        createNumberedTasks(5);
        register("w1", "worker");
        assertThat(tasksOf("w1")).containsExactly("t0", "t1", "t2");
        register("w2", "worker");
        assertThat(tasksOf("w2")).containsExactly("t3", "t4");
        assertThat(number("ZCARD", "cb:tasks:assigned")).isEqualTo(5);
        assertThat(number("HGET", "cb:metrics:global", "tasksAssigned")).isEqualTo(5);
    }

    @Test
    void taskThatNeedsASpecialistGoesOnlyToASpecialist() {
        createTask("special", 100, "specialist");
        createTask("both", 90, "specialist,gpu");
        createTask("plain", 10);

        register("w1", "worker");
        assertThat(tasksOf("w1")).containsExactly("plain");
        register("idle-specialist", "specialist");
        assertThat(tasksOf("idle-specialist")).as("only workers are assigned tasks").isEmpty();
        register("s1", "worker,specialist");
        assertThat(tasksOf("s1")).containsExactly("special");
        register("s2", "gpu,worker,specialist");
        assertThat(tasksOf("s2")).containsExactly("both");

        assertThat(claimedTexts("s1", 10)).containsExactly("special", "plain");
        assertThat(claimedTexts("w1", 10)).isEmpty();
    }

    @Test
    void claimedTasksAreNotTakenAway() {
        createNumberedTasks(4);
        register("w1", "worker");
        assertThat(claimedTexts("w1", 4)).hasSize(4);
        register("w2", "worker");
        assertThat(claimedTexts("w2", 4)).isEmpty();
        assertThat(tasksOf("w1")).hasSize(4);
    }

    @Test
    void bestTaskIsFoundAmongManySetsOfRoles() {
        for (int i = 0; i < 40; i++) {
            createTask("special", 90, "special-" + i);
        }
        createTasks(50, "urgent");

        register("w1", "worker,gpu,special-39");

        assertThat(claimedTexts("w1", 1)).containsExactly("special");
        assertThat(claimedTexts("w1", 9)).containsOnly("urgent");
    }

    @Test
    void expiredInstancesTakeNoShareOnceTheyAreSwept() {
        for (int i = 0; i < 4; i++) {
            register("w" + i, "worker");
        }
        createTasks(8, "t");
        for (int i = 1; i < 4; i++) {
            lapse("w" + i);
        }
        rpc("system.heartbeat").with("instanceId", "w0").result();

        assertThat(tasksOf("w0")).hasSize(8);
    }

    @Test
    void tasksThatAChangeOfRolesReleasesWaitForAnotherWorker() {
        createTask("gpu", 50, "gpu");
        register("w1", "worker,gpu");
        register("w2", "worker,gpu");
        register("w1", "monitor");
        assertThat(tasksOf("w1")).isEmpty();
        assertThat(claimedTexts("w2", 1)).containsExactly("gpu");
        assertThat(state().at("/tasks/0/attempts").intValue()).isZero();
    }

    @Test
    void eachAssignmentIsAnEvent() {
        String first = createTask("one", 60);
        String second = createTask("two");
        register("w1", "worker");

        assertThat(events("task.assigned")).extracting(event -> event.get("id").asText())
                .containsExactly(first, second);
        assertThat(events("task.assigned")).extracting(event -> event.get("workerId").asText()).containsOnly("w1");
        assertThat(eventTypes()).containsExactly("task.created", "task.created", "instance.registered",
                "leader.elected", "task.assigned", "task.assigned");
    }

    @Test
    void tenWorkersThatRegisterOneAfterAnotherGetAsManyOfAThousandTasksEach() {
        createTasks(1000, "t");
        for (String worker : IntStream.range(0, 10).mapToObj(i -> "w" + i).toList()) {
            register(worker, "worker");
            assertThat(tasksOf(worker)).hasSize(10);
        }
        assertThat(number("ZCARD", "cb:queue:tasks:pending")).isEqualTo(900);
    }

    @Test
    void capacityOfItsRegistrationBoundsWhatAWorkerIsAssignedAndWhatItHolds() {
        createNumberedTasks(40);
        assertThat(registered(registration("small", 2))).isTrue();
        assertThat(tasksOf("small")).hasSize(2);
        assertThat(claimedTexts("small", 10)).hasSize(2);
        assertThat(claimedTexts("small", 10)).isEmpty();

        assertThat(registered(registration("large", 15))).isTrue();
        assertThat(tasksOf("large")).hasSize(15);
        assertThat(claimedTexts("large", 10)).hasSize(10);
        assertThat(claimedTexts("large", 10)).hasSize(5);
    }

    @Test
    void capacityZeroDrainsAWorkerThatFinishesWhatItHas() {
        createNumberedTasks(3);
        register("w1", "worker");
        JsonNode begun = claim("w1");
        assertThat(registered(registration("w1", 0))).isTrue();

        assertThat(claimedTexts("w1", 1)).isEmpty();
        report("task.complete", begun).result();
        rpc("system.heartbeat").with("instanceId", "w1").result();
        assertThat(number("ZCARD", "cb:queue:claimed:w1")).isZero();
        register("w2", "worker");
        assertThat(claimedTexts("w2", 10)).containsExactly("t1", "t2");
    }

    @Test
    void withoutACapacityARenewalGivesTheUsualOneAgain() {
        assertThat(registered(registration("w1", 1))).isTrue();
        createNumberedTasks(3);
        register("w1", "worker");
        assertThat(claimedTexts("w1", 10)).hasSize(3);
    }
}
