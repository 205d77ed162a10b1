package dev.claudebench.deploy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonProperty;

/** The parts of the Compose file format that the files in deploy/ use. */
record Compose(String name, @JsonProperty("x-every-service") Service everyService, Map<String, Service> services,
        Map<String, String> volumes, Map<String, Secret> secrets, Map<String, Network> networks) {

    static final Path FILE = Path.of("deploy/compose.yaml");

    record Service(String image, Build build, String user, List<String> command, Map<String, String> environment,
            List<String> ports, List<String> volumes, List<String> secrets, List<String> tmpfs,
            @JsonProperty("depends_on") Map<String, Dependency> dependsOn,
            Healthcheck healthcheck, String restart, @JsonProperty("read_only") Boolean readOnly,
            @JsonProperty("cap_drop") List<String> capDrop, @JsonProperty("security_opt") List<String> securityOpt,
            @JsonProperty("stop_grace_period") String stopGracePeriod, Logging logging, Deploy deploy,
            @JsonProperty("extends") Extended extended, Map<String, Address> networks) {}

    record Extended(String file, String service) {}

    record Address(@JsonProperty("ipv4_address") String ipv4) {}

    record Network(Ipam ipam) {}

    record Ipam(List<Subnet> config) {}

    record Subnet(String subnet, @JsonProperty("ip_range") String ipRange) {}

    record Secret(String file) {}

    record Build(String context, String dockerfile) {}

    record Dependency(String condition) {}

    record Healthcheck(List<String> test, String interval, String timeout, Integer retries,
            @JsonProperty("start_period") String startPeriod) {}

    record Logging(String driver, Map<String, String> options) {}

    record Deploy(Integer replicas, Resources resources) {}

    record Resources(Limits limits) {}

    record Limits(String memory) {}

    static Compose read() {
        return read("compose.yaml");
    }

    /** Reads one of the files in deploy/. */
    static Compose read(String file) {
        return StrictYaml.read(StrictYaml.documents(FILE.resolveSibling(file)).get(0), Compose.class);
    }

    Service coordinator() {
        return services.get("coordinator");
    }

    /** Returns the scrape configuration of Prometheus. */
    @SuppressWarnings("unchecked")
    static Map<String, Object> scrapeConfig() {
        Object configs = StrictYaml.documents(Path.of("deploy/prometheus/prometheus.yml")).get(0).get("scrape_configs");
        return ((List<Map<String, Object>>) configs).get(0);
    }

    /** Parses a duration such as 20s. */
    static Duration time(String text) {
        return Duration.parse("PT" + text);
    }
}
