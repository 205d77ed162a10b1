package dev.claudebench.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

class ScriptTest {

    @Test
    void stepThatIsIncludedTwiceIsThereOnce() {
        Script script = Script.named("test/includes_two_steps");

        assertThat(script.source().lines()).containsExactly("local shared = 1", "local one = shared",
                "local two = shared", "return one + two");
    }

    @Test
    void contractHeaderIsNoPartOfTheScript() {
        assertThat(Script.named("system_register").source().lines()).noneMatch(line -> line.strip().startsWith("--"));
    }

    @Test
    void scriptIsNamedByItsContent() {
        Script one = Script.named("test/step/shared");
        Script same = Script.named("test/shared_under_another_name");

        assertThat(same.name()).isNotEqualTo(one.name());
        assertThat(same.sha1()).isEqualTo(one.sha1())
                .isNotEqualTo(Script.named("test/step/one").sha1());
    }

    @Test
    void indentedIncludeIsForItsFunctionAlone() {
        Script script = Script.named("test/includes_in_a_function");

        assertThat(script.source().lines().map(String::strip)).containsExactly("local shared = 1",
                "local function first()",
                "local one = shared", "return one", "end", "local function second()", "local one = shared",
                "return one",
                "end", "return first() + second()");
    }

    @Test
    void everyScriptCanBePutTogether() throws IOException {
        List<String> names;
        try (Stream<Path> files = Files.list(Path.of("src/main/resources/lua"))) {
            names = files.map(file -> file.getFileName().toString())
                    .filter(file -> file.endsWith(".lua"))
                    .map(file -> file.replace(".lua", ""))
                    .toList();
        }

        assertThat(names).contains("system_register")
                .allSatisfy(name -> assertThat(Script.named(name).source()).as(name).contains("return"));
    }

    @Test
    void missingScriptIsNamed() {
        assertThatThrownBy(() -> Script.named("no_such_script").source()).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("/lua/no_such_script.lua");
    }

    @Test
    void missingStepIsNamed() {
        assertThatThrownBy(() -> Script.named("test/includes_a_missing_step").source())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("/lua/test/step/missing.lua");
    }
}
