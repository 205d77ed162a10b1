package dev.claudebench.task;

/** What people write of a task: prose, so it may have tabs and lines, but no other control characters. */
final class TaskText {
    static final String PATTERN = "(?:[^\\p{Cc}\\p{Cs}]|[\\t\\n\\r]){1,500}";
    static final String MESSAGE = "must be 1 to 500 characters, no control characters but tab and line break";

    private TaskText() {}
}
