package dev.claudebench.security;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

import dev.claudebench.config.Bounds;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;

/** Who may use the service. */
@ConfigMapping(prefix = "claudebench.security")
public interface SecurityConfig {

    /** Lets everybody who reaches the service do everything, also when it listens beyond loopback. */
    @WithDefault("false")
    @WithConverter(Bounds.Flag.class)
    boolean anonymous();

    /**
     * API keys, as {@code create-key} prints them: name, permission and SHA-256 of the key, then any number of {@code bench=<name>} and
     * {@code limit=<method>:<calls>}.
     */
    Optional<List<String>> keys();

    /** File with more API keys, one a line. It is read again when it changes. */
    Optional<Path> keyFile();

    /** Whether {@code /q/metrics} is open without credentials. */
    @WithDefault("false")
    @WithConverter(Bounds.Flag.class)
    boolean publicMetrics();

    /** Whether each call that takes a {@code sessionId} needs one. */
    @WithDefault("false")
    @WithConverter(Bounds.Flag.class)
    boolean requireSession();

    /** Claim of a bearer token with the names of the only benches that it is for; without it, it is for all. */
    @WithDefault("benches")
    String benchClaim();
}
