package dev.claudebench.state;

import java.util.List;

import org.eclipse.microprofile.config.spi.Converter;

import dev.claudebench.method.RoleList;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;

/** What Prometheus is told of the fleet. */
@ConfigMapping(prefix = "claudebench.metrics")
public interface FleetMetricsConfig {

    /** How often the fleet is read from Redis for the metrics; {@code off} for never, and none of its metrics. */
    @WithDefault("5s")
    String refresh();

    /** The roles whose instances are counted, each a value of the tag {@code role}. */
    @WithDefault("worker,leader,specialist,monitor")
    List<@WithConverter(RoleName.class) String> roles();

    /** The name of a role. */
    final class RoleName implements Converter<String> {
        @Override
        public String convert(String value) {
            if (!value.matches(RoleList.NAME)) {
                throw new IllegalArgumentException("is no name of a role");
            }
            return value;
        }
    }
}
