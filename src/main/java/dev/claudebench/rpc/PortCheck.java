package dev.claudebench.rpc;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

import org.eclipse.microprofile.config.Config;

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
    /** The ports to listen on, by the setting that names each. */
    private final Map<String, Integer> ports = new LinkedHashMap<>();

    PortCheck(Config config) {
        this.host = config.getValue("quarkus.http.host", String.class);
        String insecureRequests = config.getOptionalValue("quarkus.http.insecure-requests", String.class)
                .orElse("enabled");
        if (!insecureRequests.equalsIgnoreCase("disabled")) {
            ports.put("quarkus.http.port", config.getValue("quarkus.http.port", Integer.class));
        }
        if (hasCertificate(config)) {
            ports.put("quarkus.http.ssl-port",
                    config.getOptionalValue("quarkus.http.ssl-port", Integer.class).orElse(8443));
        }
    }

    /** Not asked of Quarkus, which reads the certificate after it has made the client of Redis. */
    private static boolean hasCertificate(Config config) {
        String name = config.getOptionalValue("quarkus.http.tls-configuration-name", String.class)
                .map(named -> Pattern.quote(named + "."))
                .orElse("");
        Pattern certificate = Pattern.compile("quarkus\\.(tls\\." + name + "key-store\\..+\\.(cert|path)"
                + "|http\\.ssl\\.certificate\\.(files.*|key-store-file))");
        return StreamSupport.stream(config.getPropertyNames().spliterator(), false)
                .anyMatch(property -> certificate.matcher(property.replace("\"", "")).matches());
    }

    /** With a Redis that is not embedded. This event is sent before the service listens. */
    void checkBeforeItListens(@Observes Filters filters) {
        check();
    }

    @Override
    public void check() {
        if (LaunchMode.current() != LaunchMode.NORMAL) {
            // In development the port is kept from one start to the next, and tests have another one.
            return;
        }
        if (ports.isEmpty()) {
            throw new ConfigurationException("quarkus.http.insecure-requests=disabled needs a certificate: set"
                    + " quarkus.http.tls-configuration-name to a name, and quarkus.tls.<name>.key-store");
        }
        ports.forEach(this::checkPort);
    }

    private void checkPort(String setting, int port) {
        try {
            new ServerSocket(port, 1, InetAddress.getByName(host)).close();
        } catch (IOException | IllegalArgumentException e) {
            throw new ConfigurationException("the service cannot listen on " + host + ", port " + port + " ("
                    + e.getMessage() + "): set " + setting
                    + " to a free port, and quarkus.http.host to an address of this machine");
        }
    }
}
