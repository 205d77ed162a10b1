package dev.claudebench.redis.embedded;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.Writer;
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
 * early, but none that ends with something else than commands.
 */
final class AppendOnlyFile {
    /** A redis-server executed under the first of these names, and a valkey-server under the second, is the check tool. */
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
     * Cuts off the damaged end and keeps it in a file of its own. Throws {@link EmbeddedRedisException} and changes nothing
     * if the file is damaged in another way: if a whole transaction would be lost, or more than 16 MiB.
     */
    static void repairEnd(RedisDataDir dir, RedisProgram program) throws IOException, InterruptedException {
        Path tool = dir.path().resolve(CHECK_TOOL);
        Files.deleteIfExists(tool);
        Files.createSymbolicLink(tool, program.path());

        String analysis = run(dir, "", tool.toString(), MANIFEST);
        // The tool stops at the first file that is damaged.
        MatchResult newest = ANALYZED.matcher(analysis)
                .results()
                .reduce((first, second) -> second)
                .orElseThrow(() -> damaged(dir, tool, analysis));
        Path file = dir.path().resolve(DIRECTORY).resolve(newest.group(1));
        long end = Long.parseLong(newest.group(3));
        long length = Long.parseLong(newest.group(2)) - end;
        if (length == 0 || length > LONGEST_END) {
            throw damaged(dir, tool, analysis);
        }
        byte[] cutOff = read(file, end, (int) length);
        if (new String(cutOff, StandardCharsets.ISO_8859_1).contains(EXEC)) {
            throw damaged(dir, tool, analysis);
        }
        Path kept = file.resolveSibling(file.getFileName() + ".cut-off-" + System.currentTimeMillis());
        Files.write(kept, cutOff, StandardOpenOption.CREATE_NEW);
        // It asks whether to go on.
        String repair = run(dir, "y\n", tool.toString(), "--fix", MANIFEST);
        if (Files.size(file) != end) {
            // It repairs the newest file only.
            Files.delete(kept);
            throw damaged(dir, tool, repair);
        }
        LOG.warnf("The end of %s was damaged, as after a power cut: cut off %d bytes, which are kept in %s", file,
                length,
                kept);
    }

    private static byte[] read(Path file, long position, int length) throws IOException {
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            byte[] bytes = new byte[length];
            in.seek(position);
            in.readFully(bytes);
            return bytes;
        }
    }

    private static String run(RedisDataDir dir, String input, String... command)
            throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).directory(dir.path().toFile()).redirectErrorStream(true).start();
        try (Writer stdin = process.outputWriter(StandardCharsets.US_ASCII)) {
            stdin.write(input);
        }
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
