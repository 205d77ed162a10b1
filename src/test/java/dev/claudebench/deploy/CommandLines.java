package dev.claudebench.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

import org.jspecify.annotations.NullMarked;

/** Records the command lines of the programs that a script runs. */
@NullMarked
record CommandLines(Path folder, Path log) {
    private static final List<String> PROGRAMS = List.of("awk", "cat", "chmod", "curl", "cut", "date", "head", "ln",
            "ls",
            "mkdir", "mv", "nohup", "od", "rm", "sed", "setsid", "sh", "sleep", "tr", "uname");

    static CommandLines recordIn(Path temp) throws IOException {
        CommandLines recorder = new CommandLines(Files.createDirectory(temp.resolve("recorded")),
                temp.resolve("command-lines"));
        Path wrapper = Files.writeString(temp.resolve("record"), """
                                                                 #!/bin/sh
                                                                 printf '%%s\\n' "${0##*/} $*" >>'%s'
                                                                 exec "$(PATH=%s command -v "${0##*/}")" "$@"
                                                                 """.formatted(recorder.log, System.getenv("PATH")));
        Files.setPosixFilePermissions(wrapper, PosixFilePermissions.fromString("rwx------"));
        for (String program : PROGRAMS) {
            Files.createSymbolicLink(recorder.folder.resolve(program), wrapper);
        }
        return recorder;
    }

    /** Returns the search path on which the recorded programs come first. */
    String path() {
        return folder + ":" + System.getenv("PATH");
    }

    List<String> lines() throws IOException {
        return Files.readAllLines(log);
    }
}
