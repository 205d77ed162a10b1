package dev.claudebench.rpc;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collections;
import java.util.Optional;

import javax.net.ssl.KeyManager;
import javax.net.ssl.X509KeyManager;

import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.interceptor.Interceptor;

import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

import io.quarkus.runtime.configuration.ConfigurationException;
import io.quarkus.tls.CertificateUpdatedEvent;
import io.quarkus.tls.TlsConfiguration;
import io.quarkus.tls.TlsConfigurationRegistry;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.Vertx;

/**
 * Refuses a key that is not the one of its certificate, and warns of a certificate that has expired. Otherwise only clients find out.
 * Fault tests: StartErrorsIT, HttpsIT.
 */
@ApplicationScoped
class CertificateCheck {
    private static final Logger LOG = Logger.getLogger(CertificateCheck.class);
    /** What Quarkus calls the TLS configuration without a name. */
    private static final String DEFAULT = "<default>";
    private static final byte[] PROBE = {1};

    private final TlsConfigurationRegistry registry;
    private final Vertx vertx;
    private final Optional<String> name;

    CertificateCheck(TlsConfigurationRegistry registry, Vertx vertx,
            @ConfigProperty(name = "quarkus.http.tls-configuration-name") Optional<String> name) {
        this.registry = registry;
        this.vertx = vertx;
        this.name = name;
    }

    /** This event is sent before the service listens, and before it does anything else that a stop would end. */
    void checkAtStart(@Observes Filters filters) throws Exception {
        Optional<TlsConfiguration> tls = name.isPresent() ? registry.get(name.get()) : registry.getDefault();
        if (tls.isPresent() && tls.get().getKeyStore() != null) {
            check(tls.get());
        }
    }

    /** An observer that fails keeps the event from those after it, here from the server, which goes on with what it has. */
    void checkAgain(@Observes @Priority(Interceptor.Priority.PLATFORM_BEFORE) CertificateUpdatedEvent reloaded)
            throws Exception {
        if (!reloaded.name().equals(name.orElse(DEFAULT))) {
            return;
        }
        try {
            check(reloaded.tlsConfiguration());
        } catch (ConfigurationException e) {
            LOG.errorf("The old certificate stays in use: %s", e.getMessage());
            throw e;
        }
    }

    private void check(TlsConfiguration tls) throws Exception {
        String setting = "quarkus.tls." + name.map(each -> each + ".").orElse("") + "key-store";
        for (KeyManager manager : tls.getKeyStoreOptions().getKeyManagerFactory(vertx).getKeyManagers()) {
            for (String alias : Collections.list(tls.getKeyStore().aliases())) {
                if (!(manager instanceof X509KeyManager keys) || keys.getPrivateKey(alias) == null) {
                    continue;
                }
                X509Certificate certificate = keys.getCertificateChain(alias)[0];
                if (!isPair(keys.getPrivateKey(alias), certificate.getPublicKey())) {
                    throw new ConfigurationException(setting + ": the key is not the one of the certificate");
                }
                if (certificate.getNotAfter().toInstant().isBefore(Instant.now())) {
                    LOG.warnf("%s: the certificate has expired, clients refuse it: renew it", setting);
                }
            }
        }
    }

    private static boolean isPair(PrivateKey privateKey, PublicKey publicKey) throws GeneralSecurityException {
        String algorithm = privateKey.getAlgorithm();
        if (!algorithm.equals(publicKey.getAlgorithm())) {
            return false;
        }
        Signature signature = Signature.getInstance(switch (algorithm) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> algorithm;
        });
        signature.initSign(privateKey);
        signature.update(PROBE);
        byte[] signed = signature.sign();
        signature.initVerify(publicKey);
        signature.update(PROBE);
        return signature.verify(signed);
    }
}
