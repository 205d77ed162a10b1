package dev.claudebench.security;

import static java.util.stream.Collectors.groupingBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import jakarta.enterprise.context.ApplicationScoped;

import org.jboss.logging.Logger;

import dev.claudebench.config.FileErrors;
import dev.claudebench.guard.MethodNames;
import dev.claudebench.method.LogLimit;
import dev.claudebench.method.Spelling;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.quarkus.scheduler.Scheduled;

/** The API keys that are valid now. */
@ApplicationScoped
class ApiKeys {
    private static final Logger LOG = Logger.getLogger(ApiKeys.class);

    private final List<ApiKey> configured = new ArrayList<>();
    private final Optional<Path> file;
    private final MethodNames methods;
    private final LogLimit failures = new LogLimit();
    private volatile Map<String, List<ApiKey>> keys;

    /** Throws a ConfigurationException if an entry or a line is no key, or the file cannot be read. */
    ApiKeys(SecurityConfig config, MethodNames methods) {
        this.methods = methods;
        file = config.keyFile();
        List<String> entries = config.keys().orElse(List.of());
        try {
            for (int i = 0; i < entries.size(); i++) {
                configured.add(parse("claudebench.security.keys[" + i + "]", entries.get(i)));
            }
            keys = byName(readFile());
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException("wrong API key: " + e.getMessage());
        } catch (IOException e) {
            throw new ConfigurationException(
                    "claudebench.security.key-file=" + file.orElseThrow() + " cannot be read: " + FileErrors.reason(e));
        }
    }

    boolean isEmpty() {
        return configured.isEmpty() && file.isEmpty();
    }

    Optional<ApiKey> find(String key) {
        String hash = ApiKey.sha256(key);
        return keys.getOrDefault(ApiKey.nameOf(key), List.of())
                .stream()
                .filter(known -> known.hasHash(hash))
                .findFirst();
    }

    boolean isRevoked(ApiKey key) {
        return !keys.getOrDefault(key.name(), List.of()).contains(key);
    }

    /** Reads the file again. While it is wrong, the keys stay as they are. */
    @Scheduled(every = "2s", skipExecutionIf = Scheduled.ApplicationNotRunning.class)
    void reload() {
        try {
            keys = byName(readFile());
        } catch (IllegalArgumentException | IOException e) {
            String reason = FileErrors.reason(e);
            if (failures.admits(reason)) {
                LOG.errorf("The API keys stay as they are, because %s is wrong: %s", file.orElseThrow(), reason);
            }
        }
    }

    private List<ApiKey> readFile() throws IOException {
        List<ApiKey> read = new ArrayList<>();
        if (file.isPresent()) {
            List<String> lines = Files.readAllLines(file.get());
            for (int i = 0; i < lines.size(); i++) {
                if (!lines.get(i).isBlank() && !lines.get(i).startsWith("#")) {
                    read.add(parse(file.get() + ":" + (i + 1), lines.get(i)));
                }
            }
        }
        return read;
    }

    private ApiKey parse(String place, String entry) {
        try {
            ApiKey key = ApiKey.parse(entry);
            for (String method : key.limits().keySet()) {
                Set<String> known = methods.all();
                if (!known.contains(method)) {
                    throw new IllegalArgumentException("limit=: no method " + Spelling.unknown(method, known));
                }
            }
            return key;
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(place + ": " + e.getMessage(), e);
        }
    }

    private Map<String, List<ApiKey>> byName(List<ApiKey> fromFile) {
        List<ApiKey> all = new ArrayList<>(configured);
        all.addAll(fromFile);
        return all.stream().collect(groupingBy(ApiKey::name));
    }
}
