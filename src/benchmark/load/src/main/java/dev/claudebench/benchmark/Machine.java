package dev.claudebench.benchmark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

import dev.claudebench.support.RedisProcess;

/**
 * The machine and its software.
 *
 * @param facts name and value, in the order to show them
 */
record Machine(Map<String, String> facts) {

    static Machine read() {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("processor", processor() + ", " + Runtime.getRuntime().availableProcessors()
                + " cores for driver, service and Redis together");
        facts.put("system", property("os.name") + " " + property("os.version") + ", " + property("os.arch"));
        facts.put("Java", property("java.vm.name") + " " + property("java.vm.version"));
        facts.put("Redis", redis());
        facts.put("file system of the servers' folders", fileSystem());
        return new Machine(facts);
    }

    private static String processor() {
        Path file = Path.of("/proc/cpuinfo");
        try {
            return !Files.exists(file)
                    ? "unknown"
                    : Files.readAllLines(file)
                            .stream()
                            .filter(line -> line.startsWith("model name"))
                            .map(line -> line.substring(line.indexOf(':') + 1).strip())
                            .findFirst()
                            .orElse("unknown");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String fileSystem() {
        try {
            return Files.getFileStore(Path.of(property("java.io.tmpdir"))).type();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String redis() {
        try {
            Process version = new ProcessBuilder(RedisProcess.program(), "--version").start();
            String line = new String(version.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return line.replaceAll("(?s).*v=(\\S+).*malloc=(\\S+).*", "$1, with $2");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String property(String name) {
        return System.getProperty(name, "unknown");
    }
}
