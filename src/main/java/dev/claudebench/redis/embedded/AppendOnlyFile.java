package dev.claudebench.redis.embedded;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import org.jboss.logging.Logger;

/**
 * Cuts off a damaged end of the append-only file, such as the zeros that a power cut may leave. Redis loads a file that ends too
 * early, but not one that ends with anything else than commands.
 */
final class AppendOnlyFile {
    /** A redis-server whose program name contains the first part is the check tool, a valkey-server the second. */
    static final String CHECK_TOOL = "redis-check-aof.valkey-check-aof";

    private static final Logger LOG = Logger.getLogger(AppendOnlyFile.class);
    private static final String DIRECTORY = "appendonlydir";
    private static final String MANIFEST = DIRECTORY + "/appendonly.aof.manifest";
    private static final Pattern ANALYZED = Pattern
            .compile("AOF analyzed: filename=(\\S+), size=(\\d+), ok_up_to=(\\d+),");
    /** The end of a transaction: Redis writes the changes of a script as one. */
    private static final String EXEC = "\r\n$4\r\nEXEC\r\n";
    private static final long LONGEST_END = 16L << 20;

    private AppendOnlyFile() {}

    /**
     * Moves the damaged end to a new file. Throws {@link EmbeddedRedisException} and changes nothing if the file is
     * damaged in another way: not in its newest part, or so that a whole transaction or more than 16 MiB would be lost.
     */
    static void repairEnd(RedisDataDir dir, RedisProgram program) throws IOException, InterruptedException {
        Path tool = dir.path().resolve(CHECK_TOOL);
        Files.deleteIfExists(tool);
        Files.createSymbolicLink(tool, program.path());
        String analysis = run(dir, tool.toString(), MANIFEST);
        // The tool stops at the first file that is damaged.
        MatchResult result = ANALYZED.matcher(analysis)
                .results()
                .reduce((first, second) -> second)
                .orElseThrow(() -> damaged(dir, tool, analysis));
        Path file = dir.path().resolve(DIRECTORY).resolve(result.group(1));
        long end = Long.parseLong(result.group(3));
        long length = Long.parseLong(result.group(2)) - end;
        if (length == 0 || length > LONGEST_END || !isNewest(dir, result.group(1))) {
            throw damaged(dir, tool, analysis);
        }
        try (RandomAccessFile damaged = new RandomAccessFile(file.toFile(), "rw")) {
            byte[] cutOff = new byte[(int) length];
            damaged.seek(end);
            damaged.readFully(cutOff);
            if (new String(cutOff, StandardCharsets.ISO_8859_1).contains(EXEC)) {
                throw damaged(dir, tool, analysis);
            }
            Path kept = file.resolveSibling(file.getFileName() + ".cut-off-" + System.currentTimeMillis());
            Files.write(kept, cutOff, StandardOpenOption.CREATE_NEW);
            damaged.setLength(end);
            LOG.warnf("The end of %s was damaged, as after a power cut: cut off %d bytes, which are kept in %s", file,
                    length, kept);
        }
    }

    /** The last line of the manifest names the file to which Redis appends. */
    private static boolean isNewest(RedisDataDir dir, String file) throws IOException {
        List<String> files = Files.readAllLines(dir.path().resolve(MANIFEST));
        return files.get(files.size() - 1).startsWith("file " + file + " ");
    }

    private static String run(RedisDataDir dir, String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).directory(dir.path().toFile()).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        process.waitFor();
        return output;
    }

    private static EmbeddedRedisException damaged(RedisDataDir dir, Path tool, String output) {
        List<String> lines = output.lines().toList();
        return new EmbeddedRedisException("The append-only file of the embedded Redis in " + dir.path()
                + " is damaged, and not only at its end. It is left as it is. Restore the directory from a backup, or copy it"
                + " and run in it: " + tool + " --fix " + MANIFEST + ", which cuts off everything from the damage on."
                + " What this tool says:\n"
                + String.join("\n", lines.subList(Math.max(0, lines.size() - 5), lines.size())));
    }
}
