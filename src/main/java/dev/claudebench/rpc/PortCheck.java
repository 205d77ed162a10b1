package dev.claudebench.rpc;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

import org.eclipse.microprofile.config.inject.ConfigProperty;

import dev.claudebench.config.StartCondition;
import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.quarkus.vertx.http.runtime.filters.Filters;

/**
 * Refuses to start where the service could not listen. Quarkus finds that out last, when there is a Redis to stop, and prints a stack
 * trace. Fault test: StartErrorsIT.
 */
@ApplicationScoped
class PortCheck implements StartCondition {
    private final String host;
    private final int port;
    private final boolean isUsed;

    PortCheck(@ConfigProperty(name = "quarkus.http.host") String host,
            @ConfigProperty(name = "quarkus.http.port") int port,
            @ConfigProperty(name = "quarkus.http.insecure-requests", defaultValue = "enabled") String insecureRequests) {
        this.host = host;
        this.port = port;
        // In development the port is kept from one start to the next, and tests have another one.
        this.isUsed = LaunchMode.current() == LaunchMode.NORMAL && !insecureRequests.equalsIgnoreCase("disabled");
    }

    /** With a Redis that is not embedded. This event is sent before the service listens. */
    void checkBeforeItListens(@Observes Filters filters) {
        check();
    }

    @Override
    public void check() {
        if (isUsed) {
            try {
                new ServerSocket(port, 1, InetAddress.getByName(host)).close();
            } catch (IOException | IllegalArgumentException e) {
                throw new ConfigurationException("the service cannot listen on " + host + ", port " + port + " ("
                        + e.getMessage()
                        + "): set quarkus.http.port to a free port, and quarkus.http.host to an address of"
                        + " this machine");
            }
        }
    }
}
