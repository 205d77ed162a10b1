package dev.claudebench.redis;

import java.io.IOException;
import java.security.GeneralSecurityException;

import javax.net.ssl.SSLException;

import org.jspecify.annotations.Nullable;

/** How Redis can be set up wrongly. Each names the setting that mends it. */
enum SetupFault {
    CLUSTER("Redis is a Cluster: set quarkus.redis.client-type=cluster, and claudebench.redis.key-prefix to one with a hash"
            + " tag, such as {cb}:"),
    MISSING_RIGHT("The user of Redis lacks a right: grant it with ACL SETUSER <user> ~<claudebench.redis.key-prefix>*"
            + " +@all -@dangerous +info"),
    UNKNOWN_CERTIFICATE(
            "The certificate of Redis is not trusted: set quarkus.tls.redis.trust-store.pem.certs to the file of"
                    + " its CA, and quarkus.redis.tls-configuration-name=redis"),
    TLS_FAILS("TLS with Redis fails: if Redis has no TLS at this port, quarkus.redis.hosts must begin with redis://"),
    TLS_MISSING(
            "Redis ends new connections: if it has TLS at this port, quarkus.redis.hosts must begin with rediss://");

    private final String advice;

    SetupFault(String advice) {
        this.advice = advice;
    }

    String advice() {
        return advice;
    }

    /** Returns what an error that Redis replied tells about its setup, null for nothing. */
    static @Nullable SetupFault ofReply(String code, String error) {
        if (code.equals("MOVED") || code.equals("CROSSSLOT") || error.contains("access a non local key")
                || error.contains("do not hash to the same slot")) {
            return CLUSTER;
        }
        // the last two are what Redis and Valkey say inside a script
        if (code.equals("NOPERM") || error.contains("ACL failure in script")
                || error.contains("The user executing the script can't")) {
            return MISSING_RIGHT;
        }
        return null;
    }

    /** Returns what an error while connecting tells about the setup, null for nothing. */
    static @Nullable SetupFault ofConnecting(Throwable error) {
        boolean isTls = false;
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof GeneralSecurityException) {
                return UNKNOWN_CERTIFICATE;
            }
            isTls |= cause instanceof SSLException;
        }
        if (isTls) {
            return TLS_FAILS;
        }
        return isEndOfConnection(error) ? TLS_MISSING : null;
    }

    private static boolean isEndOfConnection(Throwable error) {
        String text = String.valueOf(error.getMessage());
        return text.startsWith("CONNECTION_CLOSED") || text.startsWith("ILLEGAL_STATE")
                || (error instanceof IOException && text.contains("Connection reset"));
    }
}
