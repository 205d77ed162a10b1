package dev.claudebench.redis;

/** An error that Redis, or a script of ours, answered with. The message says which; a stack trace would tell nothing. */
public final class RedisErrorException extends RuntimeException {

    RedisErrorException(String message) {
        super(message, null, false, false);
    }
}
