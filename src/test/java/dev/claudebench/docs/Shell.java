package dev.claudebench.docs;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.NullMarked;

/** A bash that keeps functions and variables from block to block, and ends at the first command that fails. */
@NullMarked
final class Shell implements AutoCloseable {
    private static final String END = "--- end of the block ---";

    /** These fail on errors that are answered, and follow a stream that never ends (-N) for some seconds only. */
    private static final String FUNCTIONS = """
                                            set -eo pipefail
                                            curl() {
                                              if [ "$1" = -N ]; then timeout 3 curl "$@" || [ $? = 124 ]
                                              else command curl --fail-with-body "$@"; fi
                                            }
                                            redis-cli() { command redis-cli -e "$@"; }
                                            """;

    private final Path folder;
    private final Path errors;
    private final Process bash;
    private final Writer in;
    private final BufferedReader out;

    /** @param folder where the commands run */
    Shell(Path folder, Path home) throws IOException {
        this.folder = folder;
        errors = folder.resolve("errors");
        ProcessBuilder builder = new ProcessBuilder("bash").directory(folder.toFile()).redirectError(errors.toFile());
        builder.environment().put("HOME", home.toString());
        bash = builder.start();
        in = bash.outputWriter(UTF_8);
        out = new BufferedReader(new InputStreamReader(bash.getInputStream(), UTF_8));
        in.write(FUNCTIONS);
    }

    /** Returns what the block prints. Fails if one of its commands does. */
    String run(String block) throws IOException {
        Path file = Files.writeString(folder.resolve("block.sh"), block);
        in.write(". " + file + " </dev/null; echo; echo '" + END + "'\n");
        in.flush();
        StringBuilder printed = new StringBuilder();
        String line = out.readLine();
        while (!END.equals(line)) {
            if (line == null) {
                throw new AssertionError("fails: " + block + "\n" + printed + Files.readString(errors));
            }
            printed.append(line).append('\n');
            line = out.readLine();
        }
        return printed.toString();
    }

    /** Returns the last match in what commands have printed to standard error, empty if there is none. */
    String lastError(String pattern) {
        try {
            Matcher match = Pattern.compile(pattern).matcher(Files.readString(errors));
            String last = "";
            while (match.find()) {
                last = match.group();
            }
            return last;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        bash.descendants().forEach(ProcessHandle::destroyForcibly);
        bash.destroyForcibly();
    }
}
