package dev.claudebench.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.claudebench.support.RedisProcess;
import dev.claudebench.support.ServiceProcess;
import dev.claudebench.support.TlsFiles;

/** What keeps the service from starting is one line of the log, which names the setting to change. */
class StartErrorsIT {
    private static final String SIGTERM = "143";

    @TempDir
    private Path temp;

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void portThatIsTakenIsNamed(boolean isEmbedded) throws IOException {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                RedisProcess redis = new RedisProcess().start()) {
            String port = "-Dquarkus.http.port=" + other.getLocalPort();
            assertThat(isEmbedded ? refusal(port) : refusal(port, "-Dquarkus.redis.hosts=" + redis.uri()))
                    .contains("127.0.0.1, port " + other.getLocalPort(), "in use", "quarkus.http.port");
        }
        assertThat(temp.resolve("redis")).as("data of an embedded Redis").doesNotExist();
    }

    @Test
    void portForTlsThatIsTakenIsNamed() throws Exception {
        TlsFiles tls = TlsFiles.make(temp);
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(refusal("-Dquarkus.http.ssl-port=" + other.getLocalPort(),
                    "-Dquarkus.tls.key-store.pem.0.cert=" + tls.certificate(),
                    "-Dquarkus.tls.key-store.pem.0.key=" + tls.key()))
                    .contains("127.0.0.1, port " + other.getLocalPort(), "in use", "quarkus.http.ssl-port");
        }
    }

    @Test
    void tlsAloneWithoutACertificateIsNamed() {
        assertThat(refusal("-Dquarkus.http.insecure-requests=disabled"))
                .contains("quarkus.http.insecure-requests=disabled needs a certificate",
                        "quarkus.tls.<name>.key-store");
    }

    @Test
    void portOutOfRangeIsNamed() {
        assertThat(refusal("-Dquarkus.http.port=99999")).contains("99999", "quarkus.http.port");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/below"})
    void dataDirectoryThatIsAFileIsNamed(String below) throws IOException {
        Path file = Files.createFile(temp.resolve("file"));
        assertThat(refusal("-Dclaudebench.embedded-redis.data-dir=" + file + below))
                .contains(file + below,
                        "Set claudebench.embedded-redis.data-dir to a directory, not a file, that is writable");
    }

    @ParameterizedTest
    @ValueSource(strings = {"quarkus.tls.redis.trust-store.pem.certs", "quarkus.tls.redis.trust-store.pem.certs[0]",
            "quarkus.tls.trust-store.p12.path", "quarkus.tls.key-store.pem.0.cert", "quarkus.tls.key-store.pem.0.key",
            "quarkus.http.ssl.certificate.files", "quarkus.http.ssl.certificate.key-files"})
    void fileOfTlsThatIsMissingIsNamed(String setting) throws IOException {
        Path file = Files.createFile(temp.resolve("there.pem"));
        Path missing = temp.resolve("missing.pem");
        List<String> options = new ArrayList<>();
        if (setting.contains("key-store")) {
            options.addAll(List.of("-Dquarkus.tls.key-store.pem.0.cert=" + file,
                    "-Dquarkus.tls.key-store.pem.0.key=" + file));
        }
        options.add("-D" + setting + "=" + missing);
        assertThat(refusal(options.toArray(String[]::new))).contains(setting + " names a file that cannot be read: ",
                missing.toString());
    }

    @Test
    void certificateAndKeyInPlaceOfEachOtherAreNamed() throws Exception {
        TlsFiles tls = TlsFiles.make(temp);
        Path encrypted = Files.writeString(temp.resolve("encrypted.pem"),
                Files.readString(tls.key()).replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY"));
        String certificate = "-Dquarkus.tls.key-store.pem.0.cert=";
        String key = "-Dquarkus.tls.key-store.pem.0.key=";
        assertThat(refusal(certificate + tls.certificate(), key + tls.certificate()))
                .contains("quarkus.tls.key-store.pem.0.key names a file without a private key", tls.certificate() + "");
        Path encryptedOfOldForm = Files.writeString(temp.resolve("encrypted-old.pem"),
                "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n");
        for (Path file : List.of(encrypted, encryptedOfOldForm)) {
            assertThat(refusal(certificate + tls.certificate(), key + file))
                    .contains("quarkus.tls.key-store.pem.0.key", "that is not encrypted", file.toString());
        }
        assertThat(refusal(certificate + tls.key(), key + tls.key()))
                .contains("quarkus.tls.key-store.pem.0.cert names a file without a certificate", tls.key().toString());
        assertThat(refusal("-Dquarkus.tls.redis.trust-store.pem.certs=" + tls.key()))
                .contains("quarkus.tls.redis.trust-store.pem.certs names a file without a certificate");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                                            quarkus.http.tls-configuration-name=server      | needs a certificate: set quarkus.tls.server.key-store
                                            quarkus.oidc.auth-server-url=not-a-url          | quarkus.oidc.auth-server-url must be the http:// or https://
                                            quarkus.oidc.auth-server-url=ftp://127.0.0.1/x  | quarkus.oidc.auth-server-url must be the http:// or https://
                                            quarkus.redis.hosts=redis://a:1,redis://b:1     | quarkus.redis.hosts has several addresses: set quarkus.redis.client-type
                                            claudebench.security.require-session=ture       | claudebench.security.require-session=ture must be true or false
                                            claudebench.instance.ttl=                       | claudebench.instance.ttl= must be a duration of at least 1ms
                                            claudebench.instance.tll=3s                     | claudebench.instance.tll is no setting of the service
                                            claudebench.security.key-file=/nowhere/keys     | key-file=/nowhere/keys cannot be read: there is no such file
                                            claudebench.security.key-file=/                 | key-file=/ cannot be read: Is a directory
                                            claudebench.security.keys=a agent 0             | claudebench.security.keys[0]: the SHA-256 must be 64
                                            """)
    void wrongValueIsNamed(String setting, String text) {
        assertThat(refusal("-D" + setting)).containsOnlyOnce(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"quarkus.redis.host", "quarkus.reddis.hosts"})
    void misspeltPropertyThatNamesRedisIsNamed(String name) {
        assertThat(refusal("-D" + name + "=redis://127.0.0.1:1", "-Dquarkus.log.level=ERROR"))
                .isEqualTo(name + " is no setting of the service: the nearest is quarkus.redis.hosts");
    }

    @Test
    void onePortForHttpAndHttpsIsNamed() throws Exception {
        TlsFiles tls = TlsFiles.make(temp);
        assertThat(refusal("-Dquarkus.http.port=8999", "-Dquarkus.http.ssl-port=8999",
                "-Dquarkus.tls.key-store.pem.0.cert=" + tls.certificate(),
                "-Dquarkus.tls.key-store.pem.0.key=" + tls.key()))
                .contains("HTTP and HTTPS need ports of their own: set quarkus.http.ssl-port");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "server."})
    void keyOfAnotherCertificateIsNamed(String name) throws Exception {
        TlsFiles tls = TlsFiles.make(Files.createDirectory(temp.resolve("own")));
        TlsFiles other = TlsFiles.make(Files.createDirectory(temp.resolve("other")));
        assertThat(refusal(name.isEmpty() ? "-Dx=y" : "-Dquarkus.http.tls-configuration-name=server",
                "-Dquarkus.http.ssl-port=0", "-Dquarkus.log.level=ERROR",
                "-Dquarkus.tls." + name + "key-store.pem.main.cert=" + tls.certificate(),
                "-Dquarkus.tls." + name + "key-store.pem.main.key=" + other.key()))
                .isEqualTo("quarkus.tls." + name + "key-store: the key is not the one of the certificate");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void limitOfAKeyForAMethodThatDoesNotExistIsNamed(boolean isEmbedded) {
        String key = "-Dclaudebench.security.keys=alice agent " + "0".repeat(64) + " limit=task.creat:3";
        try (RedisProcess redis = new RedisProcess().start()) {
            assertThat(isEmbedded ? refusal(key) : refusal(key, "-Dquarkus.redis.hosts=" + redis.uri()))
                    .contains(
                            "claudebench.security.keys[0]: limit=: no method 'task.creat', the nearest is task.create");
        }
    }

    @Test
    void severalWrongValuesAreNamed() {
        assertThat(refusal("-Dclaudebench.instance.ttl=0s", "-Dquarkus.http.port=abc"))
                .contains("claudebench.instance.ttl", "must be a duration of at least 1ms", "quarkus.http.port", "abc");
    }

    @Test
    void traceIsLoggedAtLevelDebug() {
        try (ServiceProcess service = launch("-Dquarkus.http.port=99999",
                "-Dquarkus.log.category.\"dev.claudebench.cli\".level=DEBUG")) {
            assertThat(service.awaitExit()).isOne();
            assertThat(service.log()).contains("\tat dev.claudebench.rpc.PortCheck");
        }
    }

    /** Returns the only line that a service logs that refuses to start. The last of several options with one name counts. */
    private String refusal(String... options) {
        try (ServiceProcess service = launch(options)) {
            assertThat(service.awaitExit()).as(service.log()).isNotZero();
            List<String> lines = service.log()
                    .lines()
                    .filter(line -> !line.matches("[ _/,<|&()\\\\-]*"))
                    .toList();
            assertThat(lines).hasSize(1);
            return lines.get(0);
        }
    }

    private ServiceProcess launch(String... options) {
        String[] all = new String[options.length + 1];
        all[0] = "-Dclaudebench.embedded-redis.data-dir=" + temp.resolve("redis");
        System.arraycopy(options, 0, all, 1, options.length);
        return ServiceProcess.launch(all);
    }

    @ParameterizedTest
    @ValueSource(strings = {"____", "Embedded Redis is", "Embedded Redis runs", "ClaudeBench coordinator",
            "Listening on"})
    void stopDuringTheStartLeavesNoTrace(String line) {
        try (ServiceProcess service = launch()) {
            await().until(() -> service.log().contains(line));
            service.terminate();
            assertThat(service.awaitExit()).hasToString(SIGTERM);
            assertThat(service.log()).doesNotContain("\tat ", "Exception", "ERROR", "WARN");
        }
    }
}
