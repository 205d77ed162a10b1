package dev.claudebench.support;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

import org.jspecify.annotations.NullMarked;

/**
 * A certificate for 127.0.0.1 and its key, as files in the PEM format. It is self-signed, unless a CA is mentioned.
 *
 * @param certificate also the CA that a client has to trust
 */
@NullMarked
public record TlsFiles(Path certificate, Path key) {
    private static final String PASSWORD = "changeit";
    private static final String STORE = "keystore.p12";

    /** Makes them with the keytool of the JDK. */
    public static TlsFiles make(Path dir) throws IOException, GeneralSecurityException, InterruptedException {
        keytool(dir, "redis", "SAN=IP:127.0.0.1");
        return export(dir);
    }

    /** Makes a self-signed certificate that has expired yesterday. */
    public static TlsFiles makeExpired(Path dir) throws IOException, GeneralSecurityException, InterruptedException {
        keytool(dir, "redis", "SAN=IP:127.0.0.1", "-startdate", "-2d", "-validity", "1");
        return export(dir);
    }

    /** The same with a certificate by a CA, whose own is in {@code ca.pem}. */
    public static TlsFiles makeExpiredByACa(Path dir)
            throws IOException, GeneralSecurityException, InterruptedException {
        keytool(dir, "ca", "BC:c");
        keytool(dir, "redis", "SAN=IP:127.0.0.1", "-startdate", "-2d", "-validity", "1", "-signer", "ca");
        write(dir.resolve("ca.pem"), "CERTIFICATE", store(dir).getCertificate("ca").getEncoded());
        return export(dir);
    }

    private static void keytool(Path dir, String name, String extension, String... others)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair", "-keyalg", "EC",
                "-alias", name, "-dname", "CN=" + name, "-ext", extension, "-storetype", "PKCS12", "-keystore",
                dir.resolve(STORE).toString(), "-storepass", PASSWORD));
        command.addAll(List.of(others));
        if (new ProcessBuilder(command).inheritIO().start().waitFor() != 0) {
            throw new IOException("keytool fails");
        }
    }

    private static KeyStore store(Path dir) throws IOException, GeneralSecurityException {
        return KeyStore.getInstance(dir.resolve(STORE).toFile(), PASSWORD.toCharArray());
    }

    private static TlsFiles export(Path dir) throws IOException, GeneralSecurityException {
        KeyStore keys = store(dir);
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
