package dev.claudebench.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

import jakarta.annotation.Priority;

import org.jspecify.annotations.Nullable;

import io.quarkus.runtime.configuration.ConfigurationException;
import io.smallrye.config.ConfigSourceInterceptor;
import io.smallrye.config.ConfigSourceInterceptorContext;
import io.smallrye.config.ConfigValue;
import io.smallrye.config.Priorities;

/**
 * Refuses to start if a setting of TLS names a file that cannot be read. Quarkus would print a stack trace that does not name the
 * setting. Fault test: StartErrorsIT.
 */
@Priority(Priorities.APPLICATION)
public final class TlsFilesCheck implements ConfigSourceInterceptor {
    private static final Pattern NAME = Pattern.compile(
            "quarkus\\.(tls\\.(.+\\.)?(key|trust)-store\\.(.+\\.)?(certs?|key|path)|http\\.ssl\\.certificate\\.(key-)?files)(\\[\\d+])?");
    private static final long serialVersionUID = 1;

    @Override
    public @Nullable ConfigValue getValue(ConfigSourceInterceptorContext context, String name) {
        ConfigValue value = context.proceed(name);
        if (value != null && value.getValue() != null && NAME.matcher(name).matches()) {
            for (String file : value.getValue().split(",", -1)) {
                if (!file.isBlank() && !Files.isReadable(Path.of(file.strip()))) {
                    throw new ConfigurationException(name + " names a file that cannot be read: " + file.strip());
                }
            }
        }
        return value;
    }
}
