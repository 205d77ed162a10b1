package dev.claudebench.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;

import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

import dev.claudebench.config.FileErrors;

/** Which certificates of services are trusted. */
final class Trust {
    private Trust() {}

    /**
     * Returns TLS that trusts what these CAs have signed, and nothing else.
     *
     * @param file certificates in the PEM format
     */
    static SSLContext in(Path file) {
        try (InputStream pem = Files.newInputStream(file)) {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            for (Certificate ca : CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
                store.setCertificateEntry("ca-" + store.size(), ca);
            }
            if (store.size() == 0) {
                throw CommandFailure.usage("there is no certificate in the CA file " + file);
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw CommandFailure.usage("cannot read the CA file " + file + ": " + FileErrors.reason(e));
        }
    }
}
