package dev.claudebench.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ScriptTest {

    @Test
    void stepThatIsIncludedTwiceIsThereOnce() {
        Script script = Script.load("test/includes_two_steps");

        assertThat(script.source().lines()).containsExactly("local shared = 1", "local one = shared",
                "local two = shared", "return one + two");
    }

    @Test
    void contractHeaderIsNoPartOfTheScript() {
        assertThat(Script.load("system_register").source().lines()).noneMatch(line -> line.startsWith("--"));
    }

    @Test
    void scriptIsNamedByItsContent() {
        Script one = Script.load("test/step/shared");
        Script same = Script.load("test/shared_under_another_name");

        assertThat(same.name()).isNotEqualTo(one.name());
        assertThat(same.sha1()).isEqualTo(one.sha1()).isNotEqualTo(Script.load("test/step/one").sha1());
    }

    @Test
    void functionOnDemandIsDefinedWithWhatItNeedsWhenItIsCalled() {
        Script script = Script.load("test/calls_on_demand");

        assertThat(script.source().lines().map(String::strip)).containsExactly("local step = {}", "local shared = 1",
                "function step.twice(...)", "local one = shared", "function step.twice(x)", "return 2 * x + one", "end",
                "return step.twice(...)", "end", "if ARGV[1] == '0' then return 0 end",
                "return step.twice(3) + step.twice(4)");
    }

    @Test
    void functionOfAnIncludedFileIsNotDefinedOnDemandOnceMore() {
        Script script = Script.load("test/includes_and_calls_on_demand");

        assertThat(script.source().lines().map(String::strip)).containsExactly("local step = {}", "local shared = 1",
                "local one = shared", "function step.twice(x)", "return 2 * x + one", "end", "return step.twice(3)");
    }

    @Test
    void whatIsKeptForAllMustNotBeIncludedOnDemand() {
        assertThatThrownBy(() -> Script.load("test/keeps_on_demand")).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("test/step/once");
    }

    @Test
    void missingScriptIsNamed() {
        assertThatThrownBy(() -> Script.load("no_such_script")).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("/lua/no_such_script.lua");
    }

    @Test
    void missingStepIsNamed() {
        assertThatThrownBy(() -> Script.load("test/includes_a_missing_step"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("/lua/test/step/missing.lua");
    }
}
