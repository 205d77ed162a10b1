package dev.claudebench.state;

import java.util.List;

import org.eclipse.microprofile.config.spi.Converter;

import dev.claudebench.method.RoleList;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;

/** The metrics of the fleet. */
@ConfigMapping(prefix = "claudebench.metrics")
public interface FleetMetricsConfig {

    /** Interval at which the fleet is read from Redis. {@code off} disables the metrics of the fleet. */
    @WithDefault("5s")
    String refresh();

    /** The roles whose instances are counted. Each is a value of the tag {@code role}. */
    @WithDefault("worker,leader,specialist,monitor")
    List<@WithConverter(RoleName.class) String> roles();

    final class RoleName implements Converter<String> {
        @Override
        public String convert(String value) {
            if (!value.matches(RoleList.NAME)) {
                throw new IllegalArgumentException("must be the name of a role");
            }
            return value;
        }
    }
}
