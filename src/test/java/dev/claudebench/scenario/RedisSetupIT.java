package dev.claudebench.scenario;

import static io.restassured.RestAssured.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.support.RedisCluster;
import dev.claudebench.support.RedisProcess;
import dev.claudebench.support.Rpc;
import dev.claudebench.support.ServiceProcess;
import dev.claudebench.support.TlsFiles;

/** For a Redis that is set up wrongly, the log, readiness and errors name the setting to change. */
class RedisSetupIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final Duration OBSERVATION = Duration.ofSeconds(8);
    private static final int UNAVAILABLE = -32004;

    @Test
    void clusterBehindAStandaloneClientIsNamed() {
        try (RedisCluster cluster = new RedisCluster().start()) {
            RedisProcess keeper = cluster.masterOf("cb:");
            RedisProcess other = cluster.nodes().stream().filter(node -> node != keeper).findFirst().orElseThrow();
            assertNamed("quarkus.redis.client-type=cluster", "unknown", hosts(keeper.uri()));
            assertNamed("quarkus.redis.client-type=cluster", "not_executed", hosts(other.uri()));
        }
    }

    @Test
    void singleServerBehindAClientForAClusterIsNamed() {
        try (RedisProcess redis = new RedisProcess().start()) {
            assertNamed("quarkus.redis.client-type=standalone", "not_executed", hosts(redis.uri()),
                    "-Dquarkus.redis.client-type=cluster");
        }
    }

    @Test
    void sentinelThatIsNotSetUpAsOneIsNamed() {
        try (RedisProcess redis = new RedisProcess().start(); RedisProcess sentinel = RedisProcess.sentinel().start()) {
            String client = "-Dquarkus.redis.client-type=sentinel";
            assertNamed("quarkus.redis.client-type=sentinel", "not_executed", hosts(sentinel.uri()));
            assertNamed("quarkus.redis.client-type=standalone", "not_executed", hosts(redis.uri()), client);
            assertNamed("quarkus.redis.master-name", "not_executed", hosts(sentinel.uri()), client,
                    "-Dquarkus.redis.master-name=nobody");
            sentinel.cli("ACL", "SETUSER", "few-rights", "on", ">secret", "allchannels", "+@connection");
            assertNamed("+@pubsub +sentinel|get-master-addr-by-name", "not_executed",
                    hosts(as("few-rights", sentinel)), client);
        }
    }

    @Test
    void missingPasswordAndRightInAClusterAreNamed() {
        String client = "-Dquarkus.redis.client-type=cluster";
        try (RedisCluster cluster = new RedisCluster().start()) {
            RedisProcess node = cluster.nodes().get(0);
            node.cli("ACL", "SETUSER", "no-map", "on", ">secret", "~*", "+@all", "-cluster|slots");
            assertNamed("+cluster|slots", "not_executed", hosts(as("no-map", node)), client);
            node.cli("CONFIG", "SET", "requirepass", "right");
            assertNamed("write user and password into quarkus.redis.hosts", "not_executed", hosts(node.uri()), client);
        }
    }

    @Test
    void wrongPasswordIsNamed() {
        try (RedisProcess redis = new RedisProcess().start()) {
            redis.cli("CONFIG", "SET", "requirepass", "right");
            assertNamed("correct them in quarkus.redis.hosts", "not_executed",
                    hosts(URI.create("redis://:wrong@" + redis.uri().getAuthority())));
        }
    }

    @Test
    void missingRightIsNamedAndTheAdviceWorks() {
        try (RedisProcess redis = new RedisProcess().start()) {
            redis.cli("ACL", "SETUSER", "no-scripts", "on", ">secret", "~cb:*", "+@all", "-@scripting");
            redis.cli("ACL", "SETUSER", "no-writes", "on", ">secret", "~cb:*", "+@all", "-set", "-hset", "-type");
            redis.cli("ACL", "SETUSER", "advised", "on", ">secret", "~cb:*", "+@read", "+@write", "+@scripting",
                    "+@connection", "-@dangerous", "+time", "+info", "+cluster|slots");

            assertNamed("ACL SETUSER", "not_executed", hosts(as("no-scripts", redis)));
            assertNamed("+@read +@write +@scripting +@connection -@dangerous +time +info +cluster|slots", "unknown",
                    hosts(as("no-writes", redis)));

            try (ServiceProcess service = ServiceProcess.start(hosts(as("advised", redis)))) {
                assertThat(register(service).at("/result/registered").booleanValue()).isTrue();
                assertThat(service.log()).doesNotContain("WARN");
            }
        }
    }

    @Test
    void untrustedCertificateIsNamedAndTheAdviceWorks(@TempDir Path dir) throws Exception {
        TlsFiles tls = TlsFiles.make(dir);
        try (RedisProcess redis = redisWithTls(tls).start()) {
            assertNamed("quarkus.redis.tls-configuration-name", "not_executed", hosts(redis.tlsUri()));

            try (ServiceProcess service = ServiceProcess.start(hosts(redis.tlsUri()),
                    "-Dquarkus.tls.redis.trust-store.pem.certs=" + tls.certificate(),
                    "-Dquarkus.redis.tls-configuration-name=redis")) {
                assertThat(register(service).at("/result/registered").booleanValue()).isTrue();
            }
        }
    }

    @Test
    void expiredCertificateIsNamed(@TempDir Path dir) throws Exception {
        try (RedisProcess redis = redisWithTls(TlsFiles.makeExpiredByACa(dir)).start()) {
            assertNamed("The certificate of Redis has expired", "not_executed", hosts(redis.tlsUri()),
                    "-Dquarkus.tls.redis.trust-store.pem.certs=" + dir.resolve("ca.pem"),
                    "-Dquarkus.redis.tls-configuration-name=redis");
        }
    }

    /** A certificate that is trusted itself is accepted, as by other clients on Java. */
    @Test
    void expiredCertificateThatIsItsOwnCaIsReportedAndServes(@TempDir Path dir) throws Exception {
        TlsFiles tls = TlsFiles.makeExpired(dir);
        try (RedisProcess redis = redisWithTls(tls).start();
                ServiceProcess service = ServiceProcess.start(hosts(redis.tlsUri()),
                        "-Dquarkus.tls.redis.trust-store.pem.certs=" + tls.certificate(),
                        "-Dquarkus.redis.tls-configuration-name=redis")) {
            assertThat(register(service).at("/result/registered").booleanValue()).isTrue();
            assertThat(service.log()).contains("A certificate has expired: NotAfter: ").doesNotContain("\tat ");
        }
    }

    @Test
    void certificateForAnotherHostIsNamed(@TempDir Path dir) throws Exception {
        TlsFiles tls = TlsFiles.make(dir);
        try (RedisProcess redis = redisWithTls(tls).start()) {
            // it is for 127.0.0.1
            URI other = URI.create("rediss://localhost:" + redis.tlsUri().getPort());
            assertNamed("must have one of its names", "not_executed", hosts(other),
                    "-Dquarkus.tls.redis.trust-store.pem.certs=" + tls.certificate(),
                    "-Dquarkus.redis.tls-configuration-name=redis");
        }
    }

    @Test
    void clientWithoutTlsAtATlsPortIsNamed(@TempDir Path dir) throws Exception {
        try (RedisProcess redis = redisWithTls(TlsFiles.make(dir)).start()) {
            URI tls = redis.tlsUri();
            assertNamed("rediss://", "not_executed", hosts(URI.create("redis://" + tls.getAuthority())));
        }
    }

    @Test
    void tlsClientAtAPortWithoutTlsIsNamed() {
        try (RedisProcess redis = new RedisProcess().start()) {
            assertNamed("must begin with redis://", "not_executed",
                    hosts(URI.create("rediss://" + redis.uri().getAuthority())));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"redis://:s3c@ret@127.0.0.1:6379", "redis://:s3c ret@127.0.0.1:6379",
            "redis://:s3c#ret@127.0.0.1:6379", "redis://:s3c/ret@127.0.0.1:6379",
            "redis://user:12?s3cret@127.0.0.1:6379",
            "127.0.0.1:6379", "http://127.0.0.1:6379", "redis://s3cret@127.0.0.1:99999", "redis://s3cret@127.0.0.1:0"})
    void malformedHostsStopTheStartWithoutShowingThePassword(String hosts) {
        assertMalformed("-Dquarkus.redis.hosts=" + hosts);
    }

    @ParameterizedTest
    @ValueSource(strings = {"quarkus.redis.hosts[0]=%s", "quarkus.redis.hosts[1]=%s", "%%prod.quarkus.redis.hosts=%s",
            "%%prod.quarkus.redis.hosts[0]=%s", "quarkus.redis.hosts=${redis.url}",
            "quarkus.redis.hosts=${nowhere:%s}"})
    void everyWayToGiveMalformedHostsStopsTheStart(String property) {
        String malformed = "redis://:s3c ret@127.0.0.1:6379";
        assertMalformed("-D" + property.formatted(malformed), "-Dredis.url=" + malformed);
    }

    @Test
    void hostsMayReferToAnotherProperty() {
        try (RedisProcess redis = new RedisProcess().start();
                ServiceProcess service = ServiceProcess.start("-Dquarkus.redis.hosts=${redis.url}",
                        "-Dredis.url=" + redis.uri())) {
            assertThat(register(service).at("/result/registered").booleanValue()).isTrue();
        }
    }

    private static void assertMalformed(String... options) {
        try (ServiceProcess service = ServiceProcess.launch(options)) {
            assertThat(service.awaitExit()).isNotZero();

            assertThat(service.log().strip().lines()).singleElement()
                    .asString()
                    .contains("quarkus.redis.hosts", "percent-encoded");
            assertThat(service.log()).doesNotContain("s3c", "127.0.0.1");
        }
    }

    @Test
    void redisThatEvictsKeysIsReportedAndServes() {
        try (RedisProcess redis = new RedisProcess("--maxmemory-policy", "allkeys-lru").start();
                ServiceProcess service = ServiceProcess.start(hosts(redis.uri()))) {
            assertThat(register(service).at("/result/registered").booleanValue()).isTrue();
            assertThat(ready(service)).contains("\"UP\"", "allkeys-lru", "maxmemory-policy noeviction");
            assertThat(metrics(service)).contains("claudebench_redis_eviction_enabled 1.0");
            assertThat(warnings(service)).singleElement().asString().contains("allkeys-lru", "noeviction");

            redis.cli("CONFIG", "SET", "maxmemory-policy", "noeviction");
            assertThat(ready(service)).contains("\"UP\"").doesNotContain("noeviction");
            assertThat(metrics(service)).contains("claudebench_redis_eviction_enabled 0.0");
        }
    }

    @Test
    void evictionIsUnknownWithoutTheRightToReadIt() {
        try (RedisProcess redis = new RedisProcess().start()) {
            redis.cli("ACL", "SETUSER", "no-info", "on", ">secret", "~*", "+@all", "-info");
            try (ServiceProcess service = ServiceProcess.start(hosts(as("no-info", redis)))) {
                assertThat(ready(service)).contains("\"UP\"");
                assertThat(metrics(service)).contains("claudebench_redis_eviction_enabled NaN");
            }
        }
    }

    /** Asserts that readiness, the error of a call and one line of the log name the setting, although Redis is tried every second. */
    private static void assertNamed(String setting, String outcome, String... options) {
        long begun = System.nanoTime();
        try (ServiceProcess service = ServiceProcess.launch(options)) {
            await("the warning").atMost(TIMEOUT)
                    .until(() -> warnings(service).stream().anyMatch(line -> line.contains(setting)));
            await().atMost(TIMEOUT).ignoreExceptions().until(() -> service.base() != null);
            JsonNode error = register(service).path("error");

            assertThat(error.path("code").intValue()).as("%s", error).isEqualTo(UNAVAILABLE);
            assertThat(error.path("message").textValue()).contains(setting);
            assertThat(error.at("/data/outcome").textValue()).isEqualTo(outcome);
            assertThat(ready(service)).contains("\"DOWN\"", setting);
            await("lines in the log").pollDelay(OBSERVATION).until(() -> true);
            List<String> own = warnings(service).stream().filter(line -> line.contains("dev.claudebench")).toList();
            assertThat(own).filteredOn(line -> line.contains(setting)).hasSize(1);
            assertThat(own).as("with one of a first attempt that failed before the cause was known")
                    .hasSizeLessThanOrEqualTo(2);
            assertThat(warnings(service)).as("with one of the client itself in ten seconds")
                    .hasSizeLessThanOrEqualTo(2 + (int) Duration.ofNanos(System.nanoTime() - begun).toSeconds() / 10);
            assertThat(service.log()).doesNotContain("\tat ");
        }
    }

    private static RedisProcess redisWithTls(TlsFiles tls) {
        return RedisProcess.withTls("--tls-cert-file", tls.certificate().toString(), "--tls-key-file",
                tls.key().toString(), "--tls-ca-cert-file", tls.certificate().toString(), "--tls-auth-clients", "no");
    }

    private static String hosts(URI uri) {
        return "-Dquarkus.redis.hosts=" + uri;
    }

    private static URI as(String user, RedisProcess redis) {
        return URI.create("redis://" + user + ":secret@" + redis.uri().getAuthority());
    }

    private static JsonNode register(ServiceProcess service) {
        return Rpc.of(service).call("system.register").with("id", "w1").with("roles", List.of("worker")).response();
    }

    private static String ready(ServiceProcess service) {
        return get(service.base() + "/q/health/ready").asString();
    }

    private static String metrics(ServiceProcess service) {
        return get(service.base() + "/q/metrics").asString();
    }

    private static List<String> warnings(ServiceProcess service) {
        return service.log().lines().filter(line -> line.contains(" WARN ") || line.contains(" ERROR ")).toList();
    }
}
