package dev.claudebench.instance;

/** @param registered false when a live instance of another session holds the id; nothing changed then */
record RegisterResult(boolean registered) {}
