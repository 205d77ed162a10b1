package dev.claudebench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.claudebench.support.Cb;
import dev.claudebench.support.RedisProcess;
import dev.claudebench.support.Rpc;
import dev.claudebench.support.ServiceProcess;

/** What docs/cb.md says is so. */
class CbPageIT {
    private static final Path PAGE = Path.of("docs/cb.md");

    @TempDir
    private Path temp;

    private static List<String> blocks() throws IOException {
        return Pattern.compile("(?:^    .*\n|^\n(?=    ))+", Pattern.MULTILINE)
                .matcher(Files.readString(PAGE))
                .results()
                .map(block -> block.group().replaceAll("(?m)^    ", "").strip())
                .toList();
    }

    @Test
    void everyCommandOnThePageWorks() throws IOException {
        Path claude = Files.writeString(temp.resolve("claude"), "#!/bin/sh\necho \"done: $*\"; cat >/dev/null\n");
        assertThat(claude.toFile().setExecutable(true)).isTrue();
        List<String> blocks = blocks();
        assertThat(blocks).hasSize(6).first().asString().contains("./mvnw package");
        try (RedisProcess redis = new RedisProcess().start();
                ServiceProcess service = ServiceProcess.start("-Dquarkus.redis.hosts=" + redis.uri())) {
            Cb cb = new Cb(temp, service.base());
            Rpc rpc = Rpc.of(service);
            for (String block : blocks.subList(1, blocks.size())) {
                String script = block;
                if (block.contains("cb work")) {
                    rpc.call("task.create").with("text", "Review").with("priority", 99).result();
                }
                if (block.startsWith("#!/bin/sh")) {
                    String[] parts = block.split("\n\n", 2);
                    Files.writeString(temp.resolve("agent"), parts[0]);
                    script = parts[1];
                }
                Cb.Run run = cb.start(List.of("bash", "-euc", "PATH=$PWD:$PATH\n" + script)).exits(0);
                assertThat(run.err()).as(block).doesNotContain("\tat ");
            }
            List<String> results = rpc.call("task.list")
                    .with("status", "completed")
                    .result()
                    .findValuesAsText("result");
            assertThat(results).hasSize(2)
                    .anyMatch(result -> result.equals("done: -p"))
                    .anyMatch(result -> result.matches("done: -p Task \\S+, priority 99: Review"));
        }
    }

    @Test
    void everyCommandAndExitCodeIsListed() throws IOException, IllegalAccessException {
        String page = Files.readString(PAGE);
        Cb cb = new Cb(temp, java.net.URI.create("http://127.0.0.1:1"));
        Stream<String> commands = Stream.concat(commands(cb.run("--help").exits(0).out()),
                commands(cb.run("task", "--help").exits(0).out()).map(name -> "task " + name));
        assertThat(commands.filter(name -> !name.equals("task"))).hasSizeGreaterThan(10)
                .allSatisfy(name -> assertThat(page).containsPattern("\\| `cb " + name + "[ `]"));
        for (var code : Exit.class.getDeclaredFields()) {
            assertThat(page).contains("\n| " + code.getInt(null) + " |");
        }
    }

    private static Stream<String> commands(String help) {
        return Pattern.compile("^  (\\S+)", Pattern.MULTILINE)
                .matcher(help.substring(help.indexOf("Commands:")))
                .results()
                .map(line -> line.group(1));
    }
}
