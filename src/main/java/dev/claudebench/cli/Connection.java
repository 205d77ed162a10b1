package dev.claudebench.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.config.FileErrors;
import dev.claudebench.method.Bench;
import dev.claudebench.method.Json;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/**
 * The options of all commands that call the service, before or behind the name of the command. Their variables are those of the hooks in
 * {@code deploy/claude-code}.
 */
final class Connection {
    private static final String DEFAULT_URL = "http://127.0.0.1:8080";
    private static final Pattern KEY = Pattern.compile("[A-Za-z0-9._~+/=-]+");
    private static final Map<String, String> ENVIRONMENT = System.getenv();

    @Option(names = "--url", scope = ScopeType.INHERIT, paramLabel = "<url>", description = "Where the service is, with or without /rpc. Default: $CLAUDEBENCH_URL, else "
            + DEFAULT_URL)
    private @Nullable String url;

    @Option(names = "--bench", scope = ScopeType.INHERIT, paramLabel = "<name>", description = "The bench. Default: that of the URL, else the default one")
    private @Nullable String bench;

    @Option(names = "--key-file", scope = ScopeType.INHERIT, paramLabel = "<file>", description = "The file whose first line is the API key. Default: the key in $CLAUDEBENCH_KEY, else the file in $CLAUDEBENCH_KEY_FILE")
    private @Nullable Path keyFile;

    @Option(names = "--ca-file", scope = ScopeType.INHERIT, paramLabel = "<file>", description = "The certificates (PEM) of the CAs to trust, in place of those of Java. Default: $CLAUDEBENCH_CA_FILE")
    private @Nullable Path caFile;

    @Option(names = "--json", scope = ScopeType.INHERIT, description = "Prints JSON: the results of the service, each on a line")
    private boolean json;

    /** The last key from the file. */
    private volatile @Nullable String lastKey;

    Client client() {
        String named = url != null ? url : variable("CLAUDEBENCH_URL").orElse(DEFAULT_URL);
        String address = named.contains("://") ? named : "http://" + named;
        String base = address.replaceFirst("/+$", "").replaceFirst("/rpc$", "");
        if (bench().isPresent()) {
            base = base.replaceFirst("/bench/[^/]*$", "") + "/bench/" + bench;
        }
        key();
        return new Client(uri(base), this::key, named(caFile, "CLAUDEBENCH_CA_FILE"));
    }

    /** @param command one that calls no service; it may have {@code --bench} */
    void refuseFor(String command) {
        if (url != null || keyFile != null || caFile != null || json) {
            throw CommandFailure
                    .usage(command + " calls no service: leave out --url, --key-file, --ca-file and --json");
        }
    }

    private static URI uri(String base) {
        try {
            URI uri = URI.create(base);
            if (Stream.of("http", "https").anyMatch(scheme -> scheme.equalsIgnoreCase(uri.getScheme()))
                    && uri.getHost() != null && uri.getUserInfo() == null && uri.getQuery() == null) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            // refused below
        }
        throw CommandFailure.usage("the URL must begin with http:// or https://, such as " + DEFAULT_URL
                + ", and have no user name");
    }

    /** Reads the key, for each call, so that it can be replaced. */
    private Optional<String> key() {
        Optional<String> variable = variable("CLAUDEBENCH_KEY");
        if (keyFile == null && variable.isPresent()) {
            return Optional.of(checked(variable.get().strip(), "in CLAUDEBENCH_KEY"));
        }
        return named(keyFile, "CLAUDEBENCH_KEY_FILE").map(this::key);
    }

    /** Returns the key in the file, or the last one while the file is being replaced. */
    private String key(Path file) {
        try {
            String key = checked(firstLine(file), "in the file " + file);
            lastKey = key;
            return key;
        } catch (CommandFailure e) {
            String last = lastKey;
            if (last == null) {
                throw e;
            }
            return last;
        }
    }

    private static Optional<Path> named(@Nullable Path option, String variable) {
        return option != null ? Optional.of(option) : variable(variable).map(Path::of);
    }

    private static String firstLine(Path file) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.findFirst().orElse("").strip();
        } catch (IOException | UncheckedIOException e) {
            throw CommandFailure.usage("cannot read the API key in the file " + file + ": " + FileErrors.reason(e));
        }
    }

    private static String checked(String key, String place) {
        if (!KEY.matcher(key).matches()) {
            throw CommandFailure.usage("there is no API key " + place);
        }
        return key;
    }

    /** Returns empty for a variable that is not set, or empty. */
    static Optional<String> variable(String name) {
        return Optional.ofNullable(ENVIRONMENT.get(name)).filter(value -> !value.isBlank());
    }

    /** Prints a result as JSON if that was asked for, else for people. */
    void print(JsonNode result, Runnable forPeople) {
        if (json) {
            System.out.println(Json.text(result));
        } else {
            forPeople.run();
        }
    }

    /** Prints a result as JSON if that was asked for. */
    void printJson(JsonNode result) {
        print(result, () -> {
        });
    }

    /** Returns what {@code --bench} says, empty without it. */
    Optional<String> bench() {
        if (bench != null && Bench.named(bench).isEmpty()) {
            throw CommandFailure.usage("--bench must match " + Bench.NAME);
        }
        return Optional.ofNullable(bench);
    }
}
