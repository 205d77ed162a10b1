package dev.claudebench.config;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Whether an address is reached from this machine alone. */
public final class Loopback {
    private Loopback() {}

    /** Returns whether a name or an address to listen on is one of this machine alone. */
    public static boolean includes(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            // The service cannot listen there either, and says so.
            return false;
        }
    }
}
