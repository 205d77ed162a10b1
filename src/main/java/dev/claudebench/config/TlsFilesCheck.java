package dev.claudebench.config;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
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
 * Refuses to start if a setting of TLS names a file that cannot be read, or a PEM file without what it must have. Quarkus would not
 * name the setting. Fault test: StartErrorsIT.
 */
@Priority(Priorities.APPLICATION)
public final class TlsFilesCheck implements ConfigSourceInterceptor {
    private static final Pattern NAME = Pattern.compile(
            "quarkus\\.(tls\\.(.+\\.)?(key|trust)-store\\.(.+\\.)?(certs?|key|path)|http\\.ssl\\.certificate\\.(key-)?files)(\\[\\d+])?");
    private static final Pattern PEM_KEY = Pattern.compile("quarkus\\.tls\\..*key-store\\.pem\\..+\\.key");
    private static final Pattern UNENCRYPTED_KEY = Pattern
            .compile("-----BEGIN (RSA |EC )?PRIVATE KEY-----(?!\\s*Proc-Type: 4,ENCRYPTED)");
    private static final Pattern PEM_CERTIFICATE = Pattern
            .compile("quarkus\\.tls\\..*(key-store\\.pem\\..+\\.cert|trust-store\\.pem\\.certs(\\[\\d+])?)");
    private static final long serialVersionUID = 1;

    @Override
    public @Nullable ConfigValue getValue(ConfigSourceInterceptorContext context, String name) {
        ConfigValue value = context.proceed(name);
        if (value != null && value.getValue() != null && NAME.matcher(name).matches()) {
            for (String file : value.getValue().split(",", -1)) {
                if (!file.isBlank()) {
                    check(name, Path.of(file.strip()));
                }
            }
        }
        return value;
    }

    private static void check(String name, Path file) {
        if (Files.exists(file) && !Files.isRegularFile(file) && !Files.isDirectory(file)) {
            // A pipe can be read once.
            return;
        }
        String content;
        try {
            content = Files.readString(file, ISO_8859_1);
        } catch (IOException e) {
            throw new ConfigurationException(name + " names a file that cannot be read: " + file);
        }
        if (PEM_KEY.matcher(name).matches() && !UNENCRYPTED_KEY.matcher(content).find()) {
            throw new ConfigurationException(
                    name + " names a file without a private key in the PEM format that is not encrypted: "
                            + file);
        }
        if (PEM_CERTIFICATE.matcher(name).matches() && !content.contains("-----BEGIN CERTIFICATE-----")) {
            throw new ConfigurationException(name + " names a file without a certificate in the PEM format: " + file);
        }
    }
}
