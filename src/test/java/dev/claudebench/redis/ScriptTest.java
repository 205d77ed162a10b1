package dev.claudebench.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
        assertThat(scripts()).contains("system_register")
                .allSatisfy(name -> assertThat(Script.named(name).source()).as(name).contains("return"));
    }

    /** Lua finds a missing include only when the line that needs it is run. */
    @Test
    void everyScriptIncludesTheFunctionsThatItCalls() throws IOException {
        Set<String> functions = new TreeSet<>();
        try (Stream<Path> files = Files.walk(Path.of("src/main/resources/lua/step"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                named("(?m)^local function (\\w+)", Files.readString(file)).forEach(functions::add);
            }
        }
        for (String name : scripts()) {
            String source = Script.named(name).source();
            for (String function : functions) {
                Matcher call = Pattern.compile("(?<!function )\\b" + function + "\\(").matcher(source);
                if (call.find()) {
                    assertThat(source.indexOf("local function " + function + "("))
                            .as(name + " includes " + function + " before it calls it")
                            .isBetween(0, call.start());
                }
            }
        }
    }

    private static List<String> named(String pattern, String text) {
        return Pattern.compile(pattern).matcher(text).results().map(match -> match.group(1)).toList();
    }

    private static List<String> scripts() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("src/main/resources/lua"))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(file -> file.endsWith(".lua"))
                    .map(file -> file.replace(".lua", ""))
                    .toList();
        }
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
