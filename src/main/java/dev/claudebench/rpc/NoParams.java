package dev.claudebench.rpc;

/** What a method takes that takes nothing. */
public record NoParams() {}
