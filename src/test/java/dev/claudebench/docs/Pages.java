package dev.claudebench.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.jspecify.annotations.NullMarked;

/** The files of the repository in Markdown, and the code blocks in them. */
@NullMarked
final class Pages {
    /** A fence and its content, or lines with four spaces after an empty one. */
    private static final Pattern BLOCK = Pattern.compile(
            "^( *)```(\\w*)\n(.*?)^\\1```$|(?<=\n\n)((?: {4}[^\n]*\n|\n(?= {4}))+)",
            Pattern.MULTILINE | Pattern.DOTALL);

    private Pages() {}

    /**
     * A code block.
     *
     * @param language after the fence; that of indented blocks is {@code sh}
     */
    record Block(String language, String text) {}

    /** Returns all pages of the repository. */
    static List<Path> all() {
        return files(".md");
    }

    /** Returns the pages whose commands are run by CommandsIT. CbPageIT runs those of docs/cb.md. */
    static Stream<Path> withCommands() {
        return all().stream()
                .filter(page -> !page.endsWith("cb.md"))
                .filter(page -> page.startsWith("docs") || page.endsWith("CONTRIBUTING.md")
                        || page.equals(Path.of("README.md")));
    }

    /** Returns the files of the repository whose names end like this, without what builds make. */
    static List<Path> files(String end) {
        List<Path> found = new ArrayList<>();
        try {
            Files.walkFileTree(Path.of(""), new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) {
                    return Set.of("target", ".git", "node_modules").contains(dir.getFileName().toString())
                            ? FileVisitResult.SKIP_SUBTREE
                            : FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    if (file.toString().endsWith(end)) {
                        found.add(file);
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found;
    }

    static String text(Path page) {
        try {
            return Files.readString(page);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<Block> blocks(Path page) {
        return BLOCK.matcher(text(page)).results().map(Pages::block).toList();
    }

    private static Block block(MatchResult match) {
        return match.group(4) == null
                ? new Block(match.group(2), match.group(3).replaceAll("(?m)^" + match.group(1), ""))
                : new Block("sh", match.group(4).replaceAll("(?m)^ {4}", ""));
    }

    static String withoutBlocks(Path page) {
        return BLOCK.matcher(text(page)).replaceAll("");
    }
}
