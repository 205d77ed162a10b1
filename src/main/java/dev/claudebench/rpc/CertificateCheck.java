package dev.claudebench.rpc;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.util.Collections;
import java.util.Optional;

import javax.net.ssl.KeyManager;
import javax.net.ssl.X509KeyManager;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

import org.eclipse.microprofile.config.inject.ConfigProperty;

import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.quarkus.tls.TlsConfiguration;
import io.quarkus.tls.TlsConfigurationRegistry;
import io.vertx.core.Vertx;

/** Refuses to start with a key that is not the one of its certificate. Otherwise only clients find out. Fault test: StartErrorsIT. */
@ApplicationScoped
class CertificateCheck {
    private static final byte[] PROBE = {1};

    void check(@Observes StartupEvent started, TlsConfigurationRegistry registry, Vertx vertx,
            @ConfigProperty(name = "quarkus.http.tls-configuration-name") Optional<String> name) throws Exception {
        Optional<TlsConfiguration> tls = name.isPresent() ? registry.get(name.get()) : registry.getDefault();
        if (tls.isEmpty() || tls.get().getKeyStore() == null) {
            return;
        }
        for (KeyManager manager : tls.get().getKeyStoreOptions().getKeyManagerFactory(vertx).getKeyManagers()) {
            for (String alias : Collections.list(tls.get().getKeyStore().aliases())) {
                if (manager instanceof X509KeyManager keys && keys.getPrivateKey(alias) != null
                        && !isPair(keys.getPrivateKey(alias), keys.getCertificateChain(alias)[0].getPublicKey())) {
                    throw new ConfigurationException("quarkus.tls." + name.map(each -> each + ".").orElse("")
                            + "key-store: the key is not the one of the certificate");
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
