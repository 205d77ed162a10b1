package dev.claudebench.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import dev.claudebench.support.FleetTest;
import io.quarkus.test.junit.QuarkusTest;

@QuarkusTest
class AutoAssignTest extends FleetTest {

    @Test
    void threeWorkersThatRegisterOneAfterAnotherGetThreeOfNineTasksEach() {
        for (int priority = 10; priority <= 90; priority += 10) {
            createTask("p" + priority, priority);
        }
        register("w1", "worker");
        assertThat(tasksOf("w1")).containsExactly("p90", "p80", "p70", "p60", "p50", "p40", "p30", "p20", "p10");
        register("w2", "worker");
        register("w3", "worker");

        assertThat(tasksOf("w1")).as("the most urgent tasks stay where they are").containsExactly("p90", "p80", "p70");
        assertThat(tasksOf("w2")).hasSize(3);
        assertThat(tasksOf("w3")).hasSize(3);
        for (String worker : new String[]{"w1", "w2", "w3"}) {
            assertThat(number("ZSCORE", "cb:workers:load", worker)).isEqualTo(3);
        }
        assertThat(number("ZCARD", "cb:tasks:assigned")).isEqualTo(9);
        assertThat(number("HGET", "cb:metrics:global", "tasksAssigned")).isEqualTo(9);
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
    void workerGetsItsFairShareOfPendingTasks() {
        register("w1", "worker");
        register("w2", "worker");
        createNumberedTasks(5);
        register("w1", "worker");
        assertThat(tasksOf("w1")).containsExactly("t0", "t1", "t2");
        register("w2", "worker");
        assertThat(tasksOf("w2")).containsExactly("t3", "t4");
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
        assertThat(number("EXISTS", "cb:queue:tasks:pending:gpu,specialist")).isZero();
    }

    @Test
    void eveningOutNeverMovesTasksThatTheNewWorkerMayNotTake() {
        createTask("gpu1", 50, "gpu");
        createTask("gpu2", 50, "gpu");
        createTask("gpu3", 50, "gpu");
        createTask("plain", 90);
        register("g1", "worker,gpu");
        register("w1", "worker");

        assertThat(tasksOf("w1")).containsExactly("plain");
        assertThat(tasksOf("g1")).containsExactly("gpu1", "gpu2", "gpu3");
    }

    @Test
    void claimedTasksAreNotTakenAway() {
        createNumberedTasks(4);
        register("w1", "worker");
        rpc("task.claim").with("workerId", "w1").with("maxTasks", 4).result();
        register("w2", "worker");
        assertThat(tasksOf("w2")).isEmpty();
        assertThat(tasksOf("w1")).hasSize(4);
    }

    @Test
    void oneWorkerWithUnclaimedTasksIsFoundAmongManyWithoutAny() {
        for (int i = 0; i < 11; i++) {
            createTasks(10, "claimed");
            register("busy" + i, "worker");
            rpc("task.claim").with("workerId", "busy" + i).with("maxTasks", 10).result();
        }
        createTasks(9, "open");
        register("open", "worker");
        assertThat(tasksOf("open")).hasSize(9);

        register("new", "worker");

        assertThat(tasksOf("new")).containsExactly("open", "open", "open", "open");
    }

    @Test
    void donorIsFoundBehindAnyNumberOfOthersWhoseTasksTheNewWorkerMayNotTake() {
        for (int i = 0; i < 30; i++) {
            for (int j = 0; j < 5; j++) {
                createTask("gpu", 50, "gpu");
            }
            register("g" + i, "worker,gpu");
        }
        createTasks(4, "plain");
        register("p", "worker");
        assertThat(tasksOf("p")).hasSize(4);

        register("new", "worker");

        assertThat(tasksOf("new")).containsExactly("plain", "plain");
        assertThat(tasksOf("p")).hasSize(2);
    }

    @Test
    void mostLoadedWorkerGivesFirstThoughAllButOneOfItsTasksAreClaimed() {
        createTasks(10, "t");
        register("busy", "worker");
        rpc("task.claim").with("workerId", "busy").with("maxTasks", 9).result();
        for (int i = 0; i < 12; i++) {
            createTasks(9, "t");
            register("w" + i, "worker");
        }
        assertThat(tasksOf("busy")).hasSize(10);

        createTask("claimed by the new worker", 0, "gpu");
        register("new", "worker,gpu");

        assertThat(tasksOf("busy")).hasSize(9);
    }

    @Test
    void twoWorkersThatAloneMayTakeSomeTasksShareThemWhateverTheFairShareIs() {
        for (int j = 0; j < 10; j++) {
            createTask("gpu", 50, "gpu");
        }
        register("a", "worker,gpu");
        for (int i = 0; i < 8; i++) {
            register("p" + i, "worker");
        }
        register("b", "worker,gpu");
        assertThat(tasksOf("a")).hasSize(5);
        assertThat(tasksOf("b")).hasSize(5);
    }

    @Test
    void requeuedTasksFindTheOneWorkerThatMayTakeThemBehindManyIdleOnes() {
        createTask("gpu", 50, "gpu");
        register("leaving", "worker,gpu");
        for (int i = 0; i < 40; i++) {
            register("p" + i, "worker");
        }
        register("zgpu", "worker,gpu");
        unregister("leaving");
        assertThat(tasksOf("zgpu")).containsExactly("gpu");
    }

    @Test
    void expiredInstancesTakeNoShareBeforeTheyAreSwept() {
        for (int i = 0; i < 4; i++) {
            register("w" + i, "worker");
        }
        createTasks(8, "t");
        String begun = claimTask("w0");
        for (int i = 1; i < 4; i++) {
            lapse("w" + i);
        }
        completeTask(begun, "w0");

        assertThat(tasksOf("w0")).as("completing does not sweep").hasSize(7);
    }

    @Test
    void requeuedTasksFindTheWorkerThatMayTakeThemAtOnce() {
        createTask("gpu", 50, "gpu");
        register("leaving", "worker,gpu");
        for (int i = 0; i < 12; i++) {
            register("plain" + i, "worker");
        }
        register("z-able", "worker,gpu");
        unregister("leaving");
        assertThat(tasksOf("z-able")).containsExactly("gpu");

        register("other", "worker,gpu");
        register("z-able", "monitor");
        assertThat(tasksOf("other")).as("also when a change of roles released them").containsExactly("gpu");
    }

    @Test
    void eachAssignmentIsAnEvent() {
        String first = createTask("one", 60);
        String second = createTask("two");
        register("w1", "worker");
        register("w2", "worker");

        assertThat(events("task.assigned")).extracting(event -> event.get("id").asText())
                .containsExactly(first, second, second);
        assertThat(events("task.assigned")).extracting(event -> event.get("workerId").asText())
                .containsExactly("w1", "w1", "w2");
        assertThat(events("task.assigned").get(2).get("previousWorkerId").asText()).isEqualTo("w1");
        assertThat(events("task.assigned").get(0).has("previousWorkerId")).isFalse();
        assertThat(eventTypes()).containsExactly("task.created", "task.created", "instance.registered",
                "leader.elected", "task.assigned", "task.assigned", "instance.registered", "task.assigned");
    }

    @Test
    void tenWorkersThatRegisterOneAfterAnotherGetAsManyOfAThousandTasksEach() {
        createTasks(1000, "t");
        assertThat(loadsOfTenNewWorkers()).containsOnly(10L);
        assertThat(number("ZCARD", "cb:queue:tasks:pending")).isEqualTo(900);
    }

    @Test
    void tenWorkersThatRegisterOneAfterAnotherEvenOutTheTasks() {
        createTasks(57, "t");
        assertThat(loadsOfTenNewWorkers()).containsOnly(5L, 6L);
        assertThat(number("EXISTS", "cb:queue:tasks:pending")).isZero();
    }

    private List<Long> loadsOfTenNewWorkers() {
        List<String> workers = IntStream.range(0, 10).mapToObj(i -> "w" + i).toList();
        workers.forEach(worker -> register(worker, "worker"));
        return workers.stream().map(worker -> number("ZSCORE", "cb:workers:load", worker)).toList();
    }
}
