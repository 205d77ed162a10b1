package dev.claudebench.redis;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import javax.net.ssl.SSLException;

import org.jspecify.annotations.Nullable;

/** Recognises a Redis that is set up wrongly by its errors, and names the setting to change. */
final class SetupAdvice {
    private static final String CLUSTER = "Redis is a Cluster: set quarkus.redis.client-type=cluster";
    private static final String NO_CLUSTER = "Redis is not a Cluster: set quarkus.redis.client-type=standalone";
    private static final String MISSING_RIGHT = "The user of Redis lacks a right: grant it with ACL SETUSER <user>"
            + " ~<claudebench.redis.key-prefix>* +@read +@write +@scripting +@connection -@dangerous +time +info +cluster|slots";
    private static final String SENTINEL_RIGHT = "The user of Redis lacks a right at a Sentinel: grant it there with ACL SETUSER"
            + " <user> allchannels +@connection +@pubsub +sentinel|get-master-addr-by-name +sentinel|sentinels +sentinel|slaves";
    private static final String UNKNOWN_CERTIFICATE = "The certificate of Redis is not trusted: set"
            + " quarkus.tls.redis.trust-store.pem.certs to the file of its CA, and"
            + " quarkus.redis.tls-configuration-name=redis";
    private static final String TLS_FAILS = "TLS with Redis fails: if Redis has no TLS at this port,"
            + " quarkus.redis.hosts must begin with redis://";
    static final String TLS_MISSING = "Redis ends new connections: if it has TLS at this port,"
            + " quarkus.redis.hosts must begin with rediss://";

    private static final String WRONG_NAME = "The certificate of Redis is not for this host:"
            + " quarkus.redis.hosts must have one of its names";
    private static final String PASSWORD = "Redis refuses user or password: correct them in quarkus.redis.hosts";
    private static final String MASTER = "Sentinel does not know this primary: correct quarkus.redis.master-name";
    private static final String SENTINEL = "This is a Sentinel, not Redis: set quarkus.redis.client-type=sentinel";
    private static final String NO_SENTINEL = "Redis is not a Sentinel: set quarkus.redis.client-type=standalone";
    /** What an error of Redis or of a connection attempt contains, in lower case, and the advice. */
    private static final Map<String, String> BY_TEXT = Map.of("cluster support disabled", NO_CLUSTER, "wrongpass",
            PASSWORD,
            "no such master", MASTER, "unknown command 'evalsha'", SENTINEL, "unknown command 'sentinel'", NO_SENTINEL,
            "permissions to run the 'sentinel|", SENTINEL_RIGHT);
    /** Without {@link #TLS_MISSING}: a server that is being stopped ends new connections, too. */
    private static final Set<String> CERTAIN = Set.of(CLUSTER, NO_CLUSTER, MISSING_RIGHT, UNKNOWN_CERTIFICATE,
            WRONG_NAME,
            TLS_FAILS, PASSWORD, MASTER, SENTINEL, NO_SENTINEL, SENTINEL_RIGHT);

    private SetupAdvice() {}

    /** Returns whether this text says for certain what is set up wrongly. */
    static boolean isCertain(String text) {
        return CERTAIN.contains(text);
    }

    /** Returns null if the error that Redis replied does not show a wrong setup. */
    static @Nullable String forReply(String code, String error) {
        if (code.equals("MOVED") || code.equals("CROSSSLOT") || error.contains("access a non local key")
                || error.contains("do not hash to the same slot")) {
            return CLUSTER;
        }
        // The last two are the replies of Redis and Valkey to a command in a script.
        boolean isDenied = code.equals("NOPERM") || error.contains("ACL failure in script")
                || error.contains("The user executing the script can't");
        return isDenied ? MISSING_RIGHT : byText(error);
    }

    /** Returns null if the error of a connection attempt does not show a wrong setup. */
    static @Nullable String forConnecting(Throwable error) {
        boolean isTls = false;
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof GeneralSecurityException) {
                String text = String.valueOf(cause.getMessage());
                return text.contains("No subject alternative") || text.contains("No name matching")
                        ? WRONG_NAME
                        : UNKNOWN_CERTIFICATE;
            }
            isTls |= cause instanceof SSLException;
        }
        if (isTls) {
            return TLS_FAILS;
        }
        String text = String.valueOf(error.getMessage());
        String advice = byText(text);
        if (advice != null) {
            return advice;
        }
        boolean isEndOfConnection = text.startsWith("CONNECTION_CLOSED") || text.startsWith("ILLEGAL_STATE")
                || (error instanceof IOException && text.contains("Connection reset"));
        return isEndOfConnection ? TLS_MISSING : null;
    }

    private static @Nullable String byText(String error) {
        String text = error.toLowerCase(Locale.ROOT);
        return BY_TEXT.entrySet()
                .stream()
                .filter(known -> text.contains(known.getKey()))
                .map(Map.Entry::getValue)
                .findAny()
                .orElse(null);
    }
}
