package io.platypus.preparer;

import io.micrometer.core.instrument.MeterRegistry;
import io.platypus.preparer.artifact.ArtifactSource;
import io.platypus.preparer.artifact.ChecksumFiles;
import io.platypus.preparer.artifact.HttpSettings;
import io.platypus.preparer.artifact.RepositorySource;
import io.platypus.preparer.install.Installer;
import io.platypus.preparer.install.Staging;
import io.platypus.preparer.plan.Repository;
import io.platypus.preparer.plan.UrlTemplate;
import io.platypus.preparer.reconcile.PreparerReconciler;
import io.platypus.preparer.reconcile.WorkSlots;
import io.platypus.preparer.retain.Retainer;
import io.platypus.preparer.trust.OpenPgpSignatures;
import io.platypus.preparer.trust.Signatures;
import io.platypus.preparer.trust.TrustGate;
import java.time.InstantSource;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts the preparer together. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({
    PreparerProperties.class,
    DiskProperties.class,
    TrustProperties.class
})
class PreparerConfiguration {
    private static final Logger log = LoggerFactory.getLogger(PreparerConfiguration.class);

    @Bean
    Repository repository(PreparerProperties properties) {
        return new Repository(
                properties.repository(),
                UrlTemplate.of(
                        properties.urlTemplate(),
                        System.getProperty("os.name"),
                        System.getProperty("os.arch")));
    }

    @Bean
    ArtifactSource artifactSource(
            Repository repository,
            PreparerProperties properties,
            ObjectProvider<SslBundles> bundles) {
        return new RepositorySource(
                repository,
                new HttpSettings(
                        properties.idleTimeout(),
                        properties.credentialsFile(),
                        properties.proxy(),
                        properties
                                .sslBundle()
                                .map(name ->
                                        bundles.getObject().getBundle(name).createSslContext())));
    }

    @Bean
    TrustGate trustGate(ArtifactSource artifacts, TrustProperties properties) {
        log.atInfo().addKeyValue("policies", properties.policies()).log("trust");
        return new TrustGate(
                properties.policies(),
                new ChecksumFiles(artifacts),
                Optional.ofNullable(properties.keyring())
                        .<Signatures>map(keyring ->
                                new OpenPgpSignatures(artifacts, keyring, InstantSource.system()))
                        .orElse(TrustGate.NO_SIGNATURES));
    }

    @Bean
    PreparerReconciler preparerReconciler(
            PreparerProperties properties,
            DiskProperties disk,
            Repository repository,
            ArtifactSource artifacts,
            TrustGate trust,
            MeterRegistry registry) {
        Staging staging = disk.staging();
        return new PreparerReconciler(
                repository,
                new Installer(artifacts, trust, staging, properties.limits()),
                new Retainer(staging, disk.retention(), InstantSource.system()),
                new WorkSlots(properties.maxConcurrent()),
                registry);
    }
}
