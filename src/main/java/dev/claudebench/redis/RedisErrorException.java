package dev.claudebench.redis;

/** An error with which Redis or a script replied. Has no stack trace, which would not show its cause. */
public final class RedisErrorException extends RuntimeException {

    RedisErrorException(String message) {
        super(message, null, false, false);
    }
}
