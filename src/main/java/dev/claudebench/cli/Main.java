package dev.claudebench.cli;

import dev.claudebench.method.Permission;
import dev.claudebench.security.ApiKey;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Starts the service, or runs the command that the arguments name, for which nothing is started. */
@QuarkusMain
@Command(name = "java -jar quarkus-run.jar", mixinStandardHelpOptions = true, versionProvider = Main.Version.class, description = {
        "Coordinates fleets of AI coding agents.", "Without a command, the service starts."})
public final class Main {
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
            Quarkus.run();
        } else {
            System.exit(new CommandLine(new Main()).execute(arguments));
        }
    }

    @Command(name = "create-key", mixinStandardHelpOptions = true, versionProvider = Main.Version.class, description = {
            "Makes an API key. Standard output gets the line for the file that claudebench.security.key-file names;"
                    + " standard error gets the key, which is not kept anywhere.",
            "Example: create-key alice --permission lead >> keys"})
    int createKey(
            @Parameters(paramLabel = "<name>", description = "The principal: small letters, digits and hyphens.") String name,
            @Option(names = "--permission", paramLabel = "<permission>", defaultValue = Permission.AGENT, description = "viewer, agent, lead or admin; each includes those before it. Default: ${DEFAULT-VALUE}.") String permission) {
        try {
            String key = ApiKey.newKey(name);
            System.out.println(ApiKey.entry(key, permission));
            System.err.println(key);
            return CommandLine.ExitCode.OK;
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            return CommandLine.ExitCode.USAGE;
        }
    }
}
