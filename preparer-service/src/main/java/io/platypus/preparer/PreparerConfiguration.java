package io.platypus.preparer;

import io.micrometer.core.instrument.MeterRegistry;
import io.platypus.preparer.artifact.ArtifactSource;
import io.platypus.preparer.artifact.ChecksumFiles;
import io.platypus.preparer.artifact.HttpSettings;
import io.platypus.preparer.artifact.RepositorySource;
import io.platypus.preparer.artifact.Tls;
import io.platypus.preparer.install.Installer;
import io.platypus.preparer.install.Staging;
import io.platypus.preparer.plan.Repository;
import io.platypus.preparer.plan.UrlTemplate;
import io.platypus.preparer.quarantine.Quarantine;
import io.platypus.preparer.reconcile.PreparerReconciler;
import io.platypus.preparer.reconcile.WorkSlots;
import io.platypus.preparer.retain.Retainer;
import io.platypus.preparer.trust.OpenPgpSignatures;
import io.platypus.preparer.trust.Signatures;
import io.platypus.preparer.trust.TrustGate;
import java.net.URI;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts the preparer together. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({
    PreparerProperties.class,
    DiskProperties.class,
    TrustProperties.class,
    S3Properties.class,
    OciProperties.class
})
class PreparerConfiguration {
    private static final Logger log = LoggerFactory.getLogger(PreparerConfiguration.class);

    @Bean
    Repository repository(PreparerProperties properties, S3Properties s3) {
        URI base = properties.repository();
        return new Repository(
                base,
                UrlTemplate.of(
                        properties.urlTemplate().orElseGet(() -> UrlTemplate.usual(base)),
                        System.getProperty("os.name"),
                        System.getProperty("os.arch")),
                s3.buckets());
    }

    @Bean
    RepositorySource artifactSource(
            Repository repository,
            PreparerProperties properties,
            S3Properties s3,
            OciProperties oci,
            ObjectProvider<SslBundles> bundles) {
        return new RepositorySource(
                repository,
                new HttpSettings(
                        properties.idleTimeout(),
                        properties.minRate().toBytes(),
                        Optional.ofNullable(properties.credentialsFile()),
                        properties.proxying(),
                        tls(properties.sslBundle(), bundles)),
                s3.settings(),
                oci.plainHttp());
    }

    /** What the bundle holds at present: one with reload-on-update changes with its files. */
    private static Supplier<Optional<Tls>> tls(
            Optional<String> bundle, ObjectProvider<SslBundles> bundles) {
        if (bundle.isEmpty()) {
            return Optional::empty;
        }
        SslBundles all = bundles.getObject();
        var current = new AtomicReference<>(Optional.of(tls(all.getBundle(bundle.get()))));
        all.addBundleUpdateHandler(bundle.get(), changed -> current.set(Optional.of(tls(changed))));
        return current::get;
    }

    private static Tls tls(SslBundle bundle) {
        var managers = bundle.getManagers();
        return new Tls(List.of(managers.getKeyManagers()), List.of(managers.getTrustManagers()));
    }

    @Bean
    TrustGate trustGate(RepositorySource artifacts, TrustProperties properties) {
        log.atInfo().addKeyValue("policies", properties.policies()).log("trust");
        return new TrustGate(
                properties.policies(),
                artifacts.digests(new ChecksumFiles(artifacts)),
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
                new Quarantine(
                        new Installer(artifacts, trust, staging, properties.limits()),
                        artifacts,
                        trust,
                        InstantSource.system()),
                new Retainer(staging, disk.retention(), InstantSource.system()),
                new WorkSlots(properties.maxConcurrent()),
                registry);
    }
}
