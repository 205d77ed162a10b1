package dev.claudebench.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

import dev.claudebench.support.RedisProcess;
import dev.claudebench.support.ServiceProcess;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;

/** Thousands of headers that are not quite the right one. {@code -Djqwik.tries=50000} tries more. */
class CredentialsIT {
    private static final String KEY = ApiKey.newKey("alice");
    private static final RedisProcess REDIS = new RedisProcess().start();
    private static final ServiceProcess SERVICE = ServiceProcess.start("-Dquarkus.redis.hosts=" + REDIS.uri(),
            "-Dclaudebench.security.keys[0]=" + ApiKey.entry(KEY, "viewer"));

    @AfterContainer
    static void nothingIsInTheLog() {
        try (RedisProcess server = REDIS; ServiceProcess process = SERVICE) {
            assertThat(server.uri()).isNotNull();
            assertThat(process.log()).doesNotContain("Exception", " ERROR ", KEY);
        }
    }

    @Provide
    Arbitrary<String> headers() {
        Arbitrary<String> scheme = Arbitraries.of("Bearer ", "bearer ", "Bearer", "Basic ", "Bearer  ", "Digest ", "",
                "\t");
        Arbitrary<Integer> place = Arbitraries.integers().between(0, KEY.length() - 1);
        Arbitrary<Character> character = Arbitraries.chars().range(' ', '~');
        Arbitrary<String> changed = place
                .flatMap(at -> character.map(c -> KEY.substring(0, at) + c + KEY.substring(at + 1)));
        Arbitrary<String> cut = place.map(at -> KEY.substring(0, at));
        Arbitrary<String> longer = character.list().ofMinSize(1).ofMaxSize(300).map(more -> {
            StringBuilder text = new StringBuilder(KEY);
            more.forEach(text::append);
            return text.toString();
        });
        Arbitrary<String> any = Arbitraries.strings().withCharRange(' ', '~').ofMaxLength(2000);
        Arbitrary<String> like = Arbitraries.strings()
                .withCharRange('a', 'z')
                .ofMaxLength(70)
                .map(name -> "cb_" + name + "_x");
        return scheme.flatMap(first -> Arbitraries.oneOf(changed, cut, longer, any, like).map(rest -> first + rest))
                .filter(header -> !isRight(header));
    }

    private static boolean isRight(String header) {
        return header.toLowerCase(Locale.ROOT).startsWith("bearer ")
                && header.substring(7).strip().equals(KEY);
    }

    @Example
    void theRightKeyIsAccepted() throws IOException {
        assertThat(statusWith("Bearer " + KEY)).isEqualTo("200");
    }

    @Property
    void anythingElseIsRefused(@ForAll("headers") String header) throws IOException {
        assertThat(statusWith(header)).isEqualTo("401");
    }

    @Example
    void aSecondHeaderDoesNotHelp() throws IOException {
        assertThat(statusWith("Bearer x\r\nAuthorization: Bearer " + KEY)).isEqualTo("401");
    }

    private static String statusWith(String header) throws IOException {
        try (Socket socket = new Socket(SERVICE.base().getHost(), SERVICE.base().getPort())) {
            socket.getOutputStream()
                    .write(("GET /openrpc.json HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: "
                            + header
                            + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            InputStream answer = socket.getInputStream();
            return new String(answer.readNBytes(12), StandardCharsets.US_ASCII).substring(9);
        }
    }
}
