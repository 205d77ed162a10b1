package dev.claudebench.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;

import org.jspecify.annotations.Nullable;

import dev.claudebench.method.Permission;
import dev.claudebench.security.ApiKey;
import io.quarkus.runtime.ApplicationLifecycleManager;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import io.quarkus.runtime.configuration.DurationConverter;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Starts the service, or runs the command that the arguments name, for which nothing is started. */
@QuarkusMain
@Command(name = "cb", scope = CommandLine.ScopeType.INHERIT, mixinStandardHelpOptions = true, versionProvider = Main.Version.class, subcommands = {
        TaskCommand.class, WorkCommand.class, StateCommand.class, InstancesCommand.class,
        WatchCommand.class}, description = {
                "Coordinates fleets of AI coding agents.",
                "The program java -jar quarkus-run.jar without a command is the service."})
public final class Main {
    private static final Duration LONGEST = Duration.ofDays(10_000);

    @Mixin
    final Connection connection = new Connection();

    private Main() {}

    static final class Version implements CommandLine.IVersionProvider {
        /** A constant, so that it is read while a native executable is built, which has no manifest. */
        private static final String VERSION = String.valueOf(Main.class.getPackage().getImplementationVersion());

        @Override
        public String[] getVersion() {
            return new String[]{VERSION};
        }
    }

    /** Exits with 2 for arguments that are wrong. */
    public static void main(String... arguments) {
        if (arguments.length == 0) {
            Quarkus.run(null, Main::exit);
        } else {
            System.exit(run(arguments));
        }
    }

    private static void exit(int exitCode, @Nullable Throwable failure) {
        if (failure != null) {
            StartFailure.print(failure);
        }
        // In development, Quarkus goes on.
        ApplicationLifecycleManager.getDefaultExitCodeHandler().accept(exitCode, failure);
    }

    private static int run(String... arguments) {
        // JSON and texts of tasks are UTF-8, whatever the locale.
        System.setOut(new PrintStream(new FileOutputStream(FileDescriptor.out), true, UTF_8));
        System.setErr(new PrintStream(new FileOutputStream(FileDescriptor.err), true, UTF_8));
        return commandLine().execute(arguments);
    }

    private static CommandLine commandLine() {
        return new CommandLine(new Main())
                // an argument of a worker's command, or the text of a task, may begin with @
                .setExpandAtFiles(false)
                .registerConverter(Duration.class, Main::duration)
                .registerConverter(Instant.class, Main::instant)
                .setParameterExceptionHandler((error, all) -> fail(Exit.USAGE,
                        error.getMessage() + suggestion(error) + "; see "
                                + error.getCommandLine().getCommandSpec().qualifiedName() + " --help"))
                .setExecutionExceptionHandler((error, command, parsed) -> error instanceof CommandFailure failure
                        ? fail(failure.exitCode(), failure.text())
                        : fail(Exit.DEFECT, "unexpected " + error));
    }

    /** Returns the nearest command or option, empty if there is none. */
    private static String suggestion(CommandLine.ParameterException error) {
        if (error instanceof CommandLine.UnmatchedArgumentException unmatched
                && unmatched.getUnmatched().stream().anyMatch(argument -> argument.startsWith("-D"))) {
            return "; the options of Java, such as -D, stand before -jar";
        }
        return error instanceof CommandLine.UnmatchedArgumentException unmatched
                && !unmatched.getSuggestions().isEmpty()
                        ? "; did you mean " + unmatched.getSuggestions().get(0) + "?"
                        : "";
    }

    private static Duration duration(String text) {
        try {
            Duration duration = DurationConverter.parseDuration(text);
            if (duration != null && !duration.isNegative() && duration.compareTo(LONGEST) <= 0) {
                return duration;
            }
        } catch (IllegalArgumentException e) {
            // reported like one out of bounds
        }
        throw new CommandLine.TypeConversionException(
                "must be a duration such as 90s or 10m, of 0 to " + LONGEST.toDays() + "d");
    }

    private static Instant instant(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException e) {
            throw new CommandLine.TypeConversionException("must be a time such as 2027-01-31T18:00:00Z");
        }
    }

    private static int fail(int exitCode, String message) {
        System.err.println("cb: " + Text.line(message));
        return exitCode;
    }

    @Command(name = "generate-completion", description = {
            "Prints a script by which bash or zsh completes the commands.",
            "Example: source <(cb generate-completion)"})
    int generateCompletion() {
        System.out.println(AutoComplete.bash("cb", commandLine()));
        return Exit.OK;
    }

    @Command(name = "create-key", description = {
            "Makes an API key. Standard output gets the line for the file that claudebench.security.key-file names;"
                    + " standard error gets the key, which is not kept anywhere. With --bench, the key is for this bench alone.",
            "Example: create-key alice --permission lead >> keys"})
    int createKey(
            @Parameters(paramLabel = "<name>", description = "The principal: small letters, digits and hyphens.") String name,
            @Option(names = "--permission", paramLabel = "<permission>", defaultValue = Permission.AGENT, description = "viewer, agent, lead or admin; each includes those before it. Default: ${DEFAULT-VALUE}.") String permission) {
        connection.refuseFor("create-key");
        try {
            String key = ApiKey.newKey(name);
            String bound = connection.bench().map(bench -> " bench=" + bench).orElse("");
            System.out.println(ApiKey.entry(key, permission) + bound);
            System.err.println(key);
            return Exit.OK;
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            return Exit.USAGE;
        }
    }
}
