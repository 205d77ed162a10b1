package dev.claudebench.redis.embedded;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

import redis.embedded.RedisExecProvider;

/**
 * A server that can be executed.
 *
 * @param path not resolved if it is a link: the program is a check tool instead of a server if it is executed under that name
 * @param version product and version, such as {@code Redis 7.0.15}
 */
record RedisProgram(Path path, String version) {
    /** The setting for an installed server, or the shipped one if there is none. */
    static final String AUTO = "auto";
    /** The setting for the shipped server. */
    static final String SHIPPED = "shipped";

    private static final Logger LOG = Logger.getLogger(RedisProgram.class);
    /** In order of preference. */
    private static final List<String> NAMES = List.of("valkey-server", "redis-server");
    private static final Pattern VERSION = Pattern.compile("^(Valkey|Redis) server v=((\\d+)\\.\\S+)");
    private static final int OLDEST_REDIS = 7;
    private static final int ANSWER_TIMEOUT_SECONDS = 5;

    /**
     * Returns the server that the setting names.
     *
     * @param setting a path, {@link #AUTO} or {@link #SHIPPED}
     * @param searchPath the directories to search for an installed server, separated as in the variable {@code PATH}
     * @param dataDir where the shipped server is copied to
     */
    static RedisProgram choose(String setting, String searchPath, Path dataDir)
            throws IOException, InterruptedException {
        return switch (setting) {
            case SHIPPED -> shipped(dataDir);
            case AUTO -> {
                RedisProgram installed = findInstalled(searchPath);
                yield installed == null ? shipped(dataDir) : installed;
            }
            default -> at(Path.of(setting).toAbsolutePath());
        };
    }

    private static RedisProgram shipped(Path dataDir) throws IOException {
        return new RedisProgram(RedisBinary.forThisPlatform().installIn(dataDir),
                "Redis " + RedisExecProvider.redisVersion);
    }

    private static @Nullable RedisProgram findInstalled(String searchPath) throws InterruptedException {
        for (String name : NAMES) {
            for (String directory : searchPath.split(File.pathSeparator, -1)) {
                Path program = Path.of(directory, name);
                // A relative entry would depend on the working directory, where others may be able to write.
                if (program.isAbsolute() && Files.isRegularFile(program) && Files.isExecutable(program)) {
                    try {
                        return at(program);
                    } catch (EmbeddedRedisException e) {
                        LOG.warn(e.getMessage());
                    }
                }
            }
        }
        return null;
    }

    /** Throws {@link EmbeddedRedisException} if the program is not a server that can be used. */
    private static RedisProgram at(Path program) throws InterruptedException {
        String answer = versionAnswer(program);
        Matcher version = VERSION.matcher(answer);
        if (!version.find()) {
            throw unusable(program, "it answers --version with \"" + answer.strip() + "\"");
        }
        String product = version.group(1);
        if (product.equals("Redis") && Integer.parseInt(version.group(3)) < OLDEST_REDIS) {
            throw unusable(program, "it is Redis " + version.group(2) + ", older than " + OLDEST_REDIS + ".0");
        }
        return new RedisProgram(program, product + " " + version.group(2));
    }

    private static String versionAnswer(Path program) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(program.toString(), "--version").redirectErrorStream(true).start();
            // The answer fits into the buffer of the pipe, so the process ends before it is read.
            if (!process.waitFor(ANSWER_TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw unusable(program, "it does not answer --version");
            }
            return new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw unusable(program, e.toString());
        }
    }

    private static EmbeddedRedisException unusable(Path program, String why) {
        return new EmbeddedRedisException(program + " cannot be the embedded Redis: " + why
                + ". The setting claudebench.embedded-redis.program can name another");
    }
}
