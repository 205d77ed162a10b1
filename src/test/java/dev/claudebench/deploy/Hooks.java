package dev.claudebench.deploy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.NullMarked;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.method.Json;

/**
 * The hooks for Claude Code, installed as described in deploy/README.md. Runs them like Claude Code: the command of settings.json
 * in a shell, with a JSON object on standard input. Reads the output until all processes have closed it.
 */
@NullMarked
final class Hooks {
    private static final Path SOURCE = Path.of("deploy", "claude-code");

    private static final long COMMAND_SECONDS = 40;

    private final Map<String, String> environment;

    /**
     * The result of a hook.
     *
     * @param out standard output, which Claude Code interprets
     * @param err standard error, which goes to a log
     */
    record Outcome(int status, String out, String err) {}

    private Hooks(Map<String, String> environment) {
        this.environment = environment;
    }

    /** @param home the home directory of a user without hooks or settings */
    static Hooks installIn(Path home) {
        try {
            Path hooks = Files.createDirectories(home.resolve(".claude/hooks"));
            try (DirectoryStream<Path> scripts = Files.newDirectoryStream(SOURCE, "*.sh")) {
                for (Path script : scripts) {
                    Files.copy(script, hooks.resolve(script.getFileName()));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Hooks(Map.of("HOME", home.toString()));
    }

    /** Returns the same hooks with an additional environment variable. */
    Hooks with(String name, String value) {
        Map<String, String> changed = new HashMap<>(environment);
        changed.put(name, value);
        return new Hooks(changed);
    }

    Outcome start(String session, String source) {
        return run("SessionStart", input(session, "SessionStart", "source", source));
    }

    Outcome end(String session) {
        return run("SessionEnd", input(session, "SessionEnd", "reason", "prompt_input_exit"));
    }

    /** Returns the input of a hook, with a working directory that needs escaping. */
    private static String input(String session, String event, String member, String value) {
        // the session comes first, as in Claude Code
        Map<String, String> input = new LinkedHashMap<>();
        input.put("session_id", session);
        input.put("transcript_path", "/\"session_id\":\"other\"/t.jsonl");
        input.put("cwd", directory());
        input.put("hook_event_name", event);
        input.put(member, value);
        return Json.text(input);
    }

    static String directory() {
        return "/projects/\"a\" \\ \u00fc";
    }

    /** Tells the hook that the agent has used a tool, which has answered this. */
    Outcome toolUsed(String session, String answer) {
        return run("PostToolUse", input(session, "PostToolUse", "tool_response", answer));
    }

    /** Runs a command as the agent does. */
    Outcome command(String name, String... arguments) {
        ProcessBuilder shell = shell("-c", "sh ~/.claude/hooks/claudebench.sh \"$@\"", "sh", name);
        shell.command().addAll(List.of(arguments));
        return run(name, shell, "", COMMAND_SECONDS);
    }

    /** Runs the hook for an event. Fails if it exceeds its timeout in settings.json. */
    Outcome run(String event, String input) {
        return run(event, shell("-c", command(event)), input, hook(event).get("timeout").longValue());
    }

    private static Outcome run(String name, ProcessBuilder shell, String input, long seconds) {
        try {
            Process process = shell.start();
            CompletableFuture<String> out = readAll(process.getInputStream());
            CompletableFuture<String> err = readAll(process.getErrorStream());
            try (OutputStream in = process.getOutputStream()) {
                in.write(input.getBytes(UTF_8));
            }
            if (!process.waitFor(seconds, SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError(name + " takes longer than " + seconds + " s");
            }
            return new Outcome(process.exitValue(), out.orTimeout(seconds, SECONDS).join(),
                    err.orTimeout(seconds, SECONDS).join());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Starts an agent that runs its SessionStart hook, and then waits until it is killed. */
    Process agent(String session) {
        try {
            Process agent = shell().redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String script = "sh -c '" + command("SessionStart") + "' <<'END'\n"
                    + input(session, "SessionStart", "source", "startup") + "\nEND\n";
            agent.getOutputStream().write(script.getBytes(UTF_8));
            agent.getOutputStream().flush();
            return agent;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the number of heartbeat processes of a session, without the subshells of each. */
    static long heartbeats(String session) {
        return ProcessHandle.allProcesses()
                .filter(process -> beats(process, session)
                        && process.parent().filter(parent -> beats(parent, session)).isEmpty())
                .count();
    }

    private static boolean beats(ProcessHandle process, String session) {
        String words = String.join(" ", process.info().arguments().orElse(new String[0]));
        return words.contains("claudebench.sh beat ") && words.contains(" " + session + " ");
    }

    private ProcessBuilder shell(String... arguments) {
        ProcessBuilder builder = new ProcessBuilder("sh");
        builder.command().addAll(List.of(arguments));
        builder.environment().keySet().removeIf(name -> name.startsWith("CLAUDE"));
        builder.environment().putAll(environment);
        return builder;
    }

    private static String command(String event) {
        return hook(event).get("command").textValue();
    }

    private static JsonNode hook(String event) {
        try {
            return Json.read(Files.readString(SOURCE.resolve("settings.json")))
                    .at("/hooks/" + event + "/0/hooks/0");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static CompletableFuture<String> readAll(InputStream stream) {
        return CompletableFuture.supplyAsync(() -> {
            try (stream) {
                return new String(stream.readAllBytes(), UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }
}
