package dev.claudebench.cli;

import java.util.Objects;
import java.util.regex.Pattern;

import org.jboss.logging.Logger;

import io.quarkus.runtime.configuration.ConfigurationException;

/** What an operator is told of a start that failed: one line, which for most failures is a setting to change. */
final class StartFailure {
    private static final Logger LOG = Logger.getLogger(StartFailure.class);

    /** Causes may be a circle. */
    private static final int MAX_CAUSES = 20;
    /** The names of classes in messages of Quarkus. */
    private static final Pattern CLASS = Pattern.compile("(\\w+\\.)+\\w+Exception: ");

    /** How SmallRye Config says that a value cannot be converted, and that no setting has a name. It may say so several times. */
    private static final Pattern WRONG_VALUE = Pattern.compile(
            "SRCFG00039: The config property (\\S+) with the config value \"(.*?)\" threw an Exception whilst being converted");
    private static final Pattern WRONG_NAME = Pattern.compile("SRCFG00050: (\\S+) in .+? does not map to any root");
    private static final Pattern REPETITION = Pattern.compile("(\\S+ is no setting of the service) (?=\\1)");

    private StartFailure() {}

    /** Prints the line. The stack trace is logged at level DEBUG. */
    static void print(Throwable failure) {
        LOG.debug("The start failed", failure);
        String text = CLASS.matcher(text(failure)).replaceAll("");
        text = WRONG_VALUE.matcher(text).replaceAll("$1=$2");
        text = WRONG_NAME.matcher(Text.line(text)).replaceAll("$1 is no setting of the service");
        System.err.println(REPETITION.matcher(text).replaceAll(""));
    }

    /** Joins the messages of the causes. The outermost only says that the start failed. */
    private static String text(Throwable failure) {
        StringBuilder text = new StringBuilder("Failed to start");
        Throwable cause = failure.getCause();
        for (int i = 0; i < MAX_CAUSES && cause != null; i++, cause = cause.getCause()) {
            if (cause instanceof ConfigurationException && cause.getMessage() != null) {
                return cause.getMessage();
            }
            // The default message of a cause repeats the next one.
            if (cause.getCause() == null || !cause.getCause().toString().equals(cause.getMessage())) {
                text.append(": ").append(Objects.requireNonNullElse(cause.getMessage(), cause.getClass().getName()));
            }
        }
        return text.toString();
    }
}
