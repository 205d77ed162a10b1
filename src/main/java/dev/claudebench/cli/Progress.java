package dev.claudebench.cli;

/** A line on a terminal that changes. Nothing if standard input or output is no terminal. */
final class Progress {
    private static final String CLEAR_LINE = "\r\u001b[K";
    private static final boolean IS_TERMINAL;

    static {
        System.setProperty("jdk.console", "java.base");
        IS_TERMINAL = hasConsole();
    }

    /** The default console of JDK 22 to 24 is there without a terminal, too; that of java.base is not. */
    @SuppressWarnings("SystemConsoleNull")
    private static boolean hasConsole() {
        return System.console() != null;
    }

    private String shown = "";

    void show(String text) {
        if (IS_TERMINAL && !text.equals(shown)) {
            System.err.print(CLEAR_LINE + text);
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
