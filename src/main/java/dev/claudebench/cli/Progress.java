package dev.claudebench.cli;

import java.io.IOException;

/** A line on standard error that changes. Nothing if that is no terminal. */
final class Progress {
    private static final String CLEAR_LINE = "\r\u001b[K";
    /** Without them, a text that is wider than the terminal would take several lines, of which only the last is cleared. */
    private static final String CUT = "\u001b[?7l";
    private static final String WRAP = "\u001b[?7h";

    private final boolean isTerminal;
    private String shown = "";

    Progress() throws InterruptedException {
        isTerminal = isTerminal();
    }

    /** Java itself tells this of standard input and output only, as one. */
    private static boolean isTerminal() throws InterruptedException {
        try {
            return new ProcessBuilder("test", "-t", "2").redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start()
                    .waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    void show(String text) {
        if (isTerminal && !text.equals(shown)) {
            System.err.print(CLEAR_LINE + CUT + text + WRAP);
            System.err.flush();
            shown = text;
        }
    }

    void clear() {
        if (!shown.isEmpty()) {
            System.err.print(CLEAR_LINE);
            System.err.flush();
            shown = "";
        }
    }
}
