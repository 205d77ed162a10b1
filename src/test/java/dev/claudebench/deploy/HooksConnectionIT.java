package dev.claudebench.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.claudebench.support.KeyFile;
import dev.claudebench.support.RedisProcess;
import dev.claudebench.support.Rpc;
import dev.claudebench.support.ServiceProcess;
import dev.claudebench.support.TlsFiles;

/** The hooks take the variables of {@code cb} for the connection. */
class HooksConnectionIT {
    @Test
    void keyAndCaAreTakenFromTheEnvironmentAndNamedIfTheyAreMissing(@TempDir Path home) throws Exception {
        TlsFiles tls = TlsFiles.make(home);
        try (RedisProcess redis = new RedisProcess().start();
                ServiceProcess service = ServiceProcess.start("-Dquarkus.redis.hosts=" + redis.uri(),
                        KeyFile.with(home.resolve("keys"), "agent"), "-Dquarkus.http.ssl-port=0",
                        "-Dquarkus.http.ssl.certificate.files=" + tls.certificate(),
                        "-Dquarkus.http.ssl.certificate.key-files=" + tls.key())) {
            // on a busy machine the first call may take longer than the hooks wait
            Rpc agent = Rpc.of(service).as(KeyFile.key("agent"));
            agent.call("system.register").with("id", "first").with("sessionId", "s").with("roles", List.of()).result();
            Matcher address = Pattern.compile("https://[^\\s\"]+").matcher(service.log());
            assertThat(address.find()).isTrue();
            Hooks hooks = Hooks.installIn(home).with("CLAUDEBENCH_URL", address.group());

            assertThat(hooks.start("s1", "startup").err()).contains("set CLAUDEBENCH_CA_FILE").hasLineCount(1);
            hooks.end("s1");
            hooks = hooks.with("CLAUDEBENCH_CA_FILE", tls.certificate().toString());
            assertThat(hooks.start("s2", "startup").err()).contains("set CLAUDEBENCH_KEY_FILE").hasLineCount(1);
            hooks.end("s2");
            assertThat(hooks.with("CLAUDEBENCH_KEY", "no key").start("s3", "startup").err())
                    .contains("CLAUDEBENCH_KEY is no API key")
                    .hasLineCount(1);
            hooks.end("s3");
            assertThat(hooks.with("CLAUDEBENCH_KEY", "cb_nobody_x").start("s3", "startup").err())
                    .contains("set CLAUDEBENCH_KEY to a valid API key")
                    .hasLineCount(1);
            hooks.end("s3");
            hooks = hooks.with("CLAUDEBENCH_KEY", KeyFile.key("agent"))
                    .with("CLAUDEBENCH_URL", address.group() + "/rpc/");
            assertThat(hooks.start("s4", "startup").out()).contains("is registered");
            assertThat(hooks.end("s4")).isEqualTo(new Hooks.Outcome(0, "", ""));
        }
    }
}
