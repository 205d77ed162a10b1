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

    private StartFailure() {}

    /** Prints the line. The stack trace is logged at level DEBUG. */
    static void print(Throwable failure) {
        LOG.debug("The start failed", failure);
        System.err.println(Text.line(CLASS.matcher(text(failure)).replaceAll("")));
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
