package dev.claudebench.rpc;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;

import jakarta.enterprise.context.ApplicationScoped;

import org.eclipse.microprofile.config.Config;

import dev.claudebench.config.StartCondition;
import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.configuration.ConfigurationException;

/**
 * Refuses to start where the service could not listen. Quarkus finds that out last, when there is a Redis to stop, and prints a stack
 * trace. Fault test: StartErrorsIT.
 */
@ApplicationScoped
class PortCheck implements StartCondition {
    private static final String HTTP = "quarkus.http.port";
    private static final String HTTPS = "quarkus.http.ssl-port";

    private final String host;
    /** The ports to listen on, by the setting that names each. */
    private final Map<String, Integer> ports = new LinkedHashMap<>();
    private final Optional<String> tlsName;
    private final boolean hasCertificate;

    PortCheck(Config config) {
        this.host = config.getValue("quarkus.http.host", String.class);
        this.tlsName = config.getOptionalValue("quarkus.http.tls-configuration-name", String.class)
                .filter(named -> !named.equals("<default>"));
        this.hasCertificate = hasCertificate(config);
        String insecureRequests = config.getOptionalValue("quarkus.http.insecure-requests", String.class)
                .orElse("enabled");
        if (!insecureRequests.equalsIgnoreCase("disabled")) {
            ports.put(HTTP, config.getValue(HTTP, Integer.class));
        }
        if (hasCertificate) {
            ports.put(HTTPS, config.getOptionalValue(HTTPS, Integer.class).orElse(8443));
        }
    }

    /** Not asked of Quarkus, which reads the certificate after it has made the client of Redis. */
    private boolean hasCertificate(Config config) {
        String name = tlsName.map(named -> Pattern.quote(named + ".")).orElse("");
        Pattern certificate = Pattern.compile("quarkus\\.(tls\\." + name + "key-store\\..+\\.(cert|path)"
                + "|http\\.ssl\\.certificate\\.(files.*|key-store-file))");
        return StreamSupport.stream(config.getPropertyNames().spliterator(), false)
                .anyMatch(property -> certificate.matcher(property.replace("\"", "")).matches());
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
        if (tlsName.isPresent() && !hasCertificate) {
            throw new ConfigurationException("quarkus.http.tls-configuration-name=" + tlsName.get()
                    + " needs a certificate: set quarkus.tls." + tlsName.get() + ".key-store.pem.main.cert and .key");
        }
        int port = ports.getOrDefault(HTTP, 0);
        if (port != 0 && Integer.valueOf(port).equals(ports.get(HTTPS))) {
            throw new ConfigurationException(
                    "HTTP and HTTPS need ports of their own: set " + HTTPS + " to another one than "
                            + HTTP + ", or quarkus.http.insecure-requests=disabled");
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
