package io.platypus.setlive.reconcile;

import io.platypus.intent.AppIntent;
import io.platypus.intent.Version;
import io.platypus.runtime.reconcile.Outcome;
import io.platypus.runtime.reconcile.Pass;
import io.platypus.setlive.activation.Links;
import io.platypus.setlive.activation.UserConfig;
import io.platypus.setlive.plan.SetliveReason;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** The steps that change what is under an app's base directory. */
final class DiskSteps {
    private DiskSteps() {}

    static Outcome writeConfig(AppIntent intent) throws IOException {
        try {
            UserConfig.write(intent);
            return Outcome.done();
        } catch (IOException e) {
            throw named("write of " + UserConfig.file(intent.deploy().basedir()), e);
        }
    }

    static Outcome flip(AppIntent intent, Version version) throws IOException {
        Path basedir = intent.deploy().basedir();
        try {
            return new Links(basedir).flip(intent.install(version))
                    ? Outcome.done()
                    : notALink(basedir);
        } catch (IOException e) {
            throw named("flip of " + basedir.resolve("current") + " to version " + version, e);
        }
    }

    static Outcome unlink(AppIntent intent, Pass pass) throws IOException, InterruptedException {
        Path basedir = intent.deploy().basedir();
        Optional<Outcome> changed = pass.confirm();
        if (changed.isPresent()) {
            return changed.get();
        }
        try {
            return new Links(basedir).unlink() ? Outcome.done() : notALink(basedir);
        } catch (IOException e) {
            throw named("removal of the link " + basedir.resolve("current"), e);
        }
    }

    private static Outcome notALink(Path basedir) {
        return Outcome.blocked(
                SetliveReason.CURRENT_NOT_A_LINK,
                basedir.resolve("current") + " is a file or a directory: move it away");
    }

    private static IOException named(String operation, IOException cause) {
        return new IOException(operation + ": " + cause, cause);
    }
}
