package dev.claudebench.support;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Base64;

import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

import org.jspecify.annotations.NullMarked;

/**
 * A self-signed certificate for 127.0.0.1 and its key, as files in the PEM format.
 *
 * @param certificate also the CA that a client has to trust
 */
@NullMarked
public record TlsFiles(Path certificate, Path key) {
    private static final String PASSWORD = "changeit";

    /** Makes them with the keytool of the JDK. */
    public static TlsFiles make(Path dir) throws IOException, GeneralSecurityException, InterruptedException {
        Path store = dir.resolve("keystore.p12");
        Process keytool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair", "-keyalg", "EC", "-alias", "redis", "-dname", "CN=redis", "-ext", "SAN=IP:127.0.0.1",
                "-storetype", "PKCS12", "-keystore", store.toString(), "-storepass", PASSWORD).inheritIO().start();
        if (keytool.waitFor() != 0) {
            throw new IOException("keytool fails");
        }
        KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
        return new TlsFiles(
                write(dir.resolve("certificate.pem"), "CERTIFICATE", keys.getCertificate("redis").getEncoded()),
                write(dir.resolve("key.pem"), "PRIVATE KEY",
                        keys.getKey("redis", PASSWORD.toCharArray()).getEncoded()));
    }

    /** Returns what a client needs that trusts this certificate alone. */
    public SSLContext trust() throws IOException, GeneralSecurityException {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        try (InputStream file = Files.newInputStream(certificate)) {
            trusted.setCertificateEntry("ca", CertificateFactory.getInstance("X.509").generateCertificate(file));
        }
        TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), null);
        return context;
    }

    private static Path write(Path file, String type, byte[] content) throws IOException {
        Base64.Encoder lines = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));
        return Files.writeString(file, "-----BEGIN " + type + "-----\n" + lines.encodeToString(content) + "\n-----END "
                + type + "-----\n");
    }
}
