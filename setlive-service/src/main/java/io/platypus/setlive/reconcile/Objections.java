package io.platypus.setlive.reconcile;

import io.platypus.intent.AppIntent;
import io.platypus.runtime.disk.TrustedDirectory;
import io.platypus.setlive.activation.RunAsRule;
import io.platypus.setlive.plan.Objection;
import io.platypus.setlive.plan.SetliveReason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** What speaks against doing anything about an app: looked at before all else. */
public record Objections(TrustedDirectory trusted, RunAsRule runAs) {
    Optional<Objection> to(AppIntent intent) throws IOException {
        Path basedir = intent.deploy().basedir();
        if (Files.exists(basedir) && !Files.isDirectory(basedir)) {
            return Optional.of(
                    new Objection(
                            SetliveReason.BASEDIR_NOT_A_DIRECTORY,
                            basedir + " is not a directory: move it away"));
        }
        Optional<String> unsafe = trusted.objection(basedir, "config", "installs");
        return unsafe.isPresent()
                ? unsafe.map(message -> new Objection(SetliveReason.BASEDIR_UNSAFE, message))
                : runAs.objection(intent);
    }
}
