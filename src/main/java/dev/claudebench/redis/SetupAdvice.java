package dev.claudebench.redis;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

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
    private static final String EXPIRED = "The certificate of Redis has expired, or is not valid yet: renew it at Redis";
    private static final String NO_PASSWORD = "Redis needs a password: write user and password into quarkus.redis.hosts";
    private static final String PASSWORD = "Redis refuses user or password: correct them in quarkus.redis.hosts";
    private static final String MASTER = "Sentinel does not know this primary: correct quarkus.redis.master-name";
    private static final String SENTINEL = "This is a Sentinel, not Redis: set quarkus.redis.client-type=sentinel";
    private static final String NO_SENTINEL = "Redis is not a Sentinel: set quarkus.redis.client-type=standalone";
    /** What the errors of Redis or of a connection attempt contain, and the advice. The first one counts. */
    private static final List<Map.Entry<Pattern, String>> BY_TEXT = List.of(
            sign("^(MOVED|CROSSSLOT) |access a non local key|do not hash to the same slot", CLUSTER),
            sign("cluster support disabled", NO_CLUSTER),
            sign("WRONGPASS", PASSWORD),
            // Until a client has authenticated, Redis rejects a command of more than ten words with an error of its own.
            sign("NOAUTH|unauthenticated", NO_PASSWORD),
            sign("No such master", MASTER),
            sign("unknown command 'evalsha'", SENTINEL),
            sign("unknown command 'sentinel'", NO_SENTINEL),
            sign("permissions to run the 'sentinel", SENTINEL_RIGHT),
            // The last two are the replies of Redis and Valkey to a command in a script.
            sign("^NOPERM|ACL failure in script|The user executing the script can't", MISSING_RIGHT));
    /** Without {@link #TLS_MISSING}: a server that is being stopped ends new connections, too. */
    private static final Set<String> CERTAIN = Set.of(CLUSTER, NO_CLUSTER, MISSING_RIGHT, UNKNOWN_CERTIFICATE,
            WRONG_NAME, EXPIRED, NO_PASSWORD, TLS_FAILS, PASSWORD, MASTER, SENTINEL, NO_SENTINEL, SENTINEL_RIGHT);

    private SetupAdvice() {}

    /** Returns whether this text says for certain what is set up wrongly. */
    static boolean isCertain(String text) {
        return CERTAIN.contains(text);
    }

    private static Map.Entry<Pattern, String> sign(String text, String advice) {
        return Map.entry(Pattern.compile(text, Pattern.CASE_INSENSITIVE), advice);
    }

    /** Returns null if the error that Redis replied does not show a wrong setup. */
    static @Nullable String forReply(String error) {
        return BY_TEXT.stream()
                .filter(known -> known.getKey().matcher(error).find())
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(null);
    }

    /** Returns null if the error of a connection attempt does not show a wrong setup. */
    static @Nullable String forConnecting(Throwable error) {
        String ofTls = null;
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateExpiredException || cause instanceof CertificateNotYetValidException) {
                return EXPIRED;
            }
            if (cause instanceof GeneralSecurityException) {
                String text = String.valueOf(cause.getMessage());
                ofTls = text.contains("No subject alternative") || text.contains("No name matching")
                        ? WRONG_NAME
                        : UNKNOWN_CERTIFICATE;
            } else if (cause instanceof SSLException && ofTls == null) {
                ofTls = TLS_FAILS;
            }
        }
        if (ofTls != null) {
            return ofTls;
        }
        String text = String.valueOf(error.getMessage());
        String advice = forReply(text);
        if (advice != null) {
            return advice;
        }
        boolean isEndOfConnection = text.startsWith("CONNECTION_CLOSED") || text.startsWith("ILLEGAL_STATE")
                || (error instanceof IOException && text.contains("Connection reset"));
        return isEndOfConnection ? TLS_MISSING : null;
    }
}
