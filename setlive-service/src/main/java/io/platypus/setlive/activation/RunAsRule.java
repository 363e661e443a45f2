package io.platypus.setlive.activation;

import io.platypus.intent.AppIntent;
import io.platypus.intent.AppName;
import io.platypus.intent.RunAs;
import io.platypus.setlive.plan.Objection;
import io.platypus.setlive.plan.SetliveReason;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whose account services run as: one that this machine has, and not root where that is refused.
 * Safe for use by many threads.
 */
public final class RunAsRule {
    private static final Logger LOG = LoggerFactory.getLogger(RunAsRule.class);

    private final boolean required;
    private final boolean root;
    private final Set<AppName> warned = ConcurrentHashMap.newKeySet();

    RunAsRule(boolean required, boolean root) {
        this.required = required;
        this.root = root;
    }

    /** The rule for the account that this agent runs as: only root's services need another. */
    public static RunAsRule of(boolean required) throws IOException {
        Object uid = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        return new RunAsRule(required, Integer.valueOf(0).equals(uid));
    }

    /** What speaks against running the active version as intent says; warns of root, once. */
    public Optional<Objection> objection(AppIntent intent) throws IOException {
        if (intent.config().active().isEmpty()) {
            return Optional.empty();
        }
        Optional<RunAs> account = intent.deploy().run().runAs();
        return account.isPresent() ? unknown(account.get()) : asTheAgent(intent.app());
    }

    private Optional<Objection> asTheAgent(AppName app) {
        if (!root) {
            return Optional.empty();
        }
        if (required) {
            return Optional.of(
                    new Objection(
                            SetliveReason.RUN_AS_REQUIRED,
                            app
                                    + " would run as root: name an account as run_as in its"
                                    + " deploy_config, or run_as root if it must be that"));
        }
        if (warned.add(app)) {
            LOG.atWarn()
                    .addKeyValue("app", app.value())
                    .log("service runs as root, for its deploy_config names no run_as");
        }
        return Optional.empty();
    }

    private static Optional<Objection> unknown(RunAs account) throws IOException {
        UserPrincipalLookupService accounts =
                FileSystems.getDefault().getUserPrincipalLookupService();
        if (!isThere(accounts::lookupPrincipalByName, account.user())) {
            return unknown(account, "user", account.user());
        }
        return account.group().isPresent()
                        && !isThere(accounts::lookupPrincipalByGroupName, account.group().get())
                ? unknown(account, "group", account.group().get())
                : Optional.empty();
    }

    private static Optional<Objection> unknown(RunAs account, String kind, String name) {
        return Optional.of(
                new Objection(
                        SetliveReason.RUN_AS_UNKNOWN,
                        "run_as %s: this machine has no %s '%s'; make it, or change run_as"
                                .formatted(account, kind, name)));
    }

    /** One of the two ways to ask the machine for a name. */
    @FunctionalInterface
    private interface LookUp {
        UserPrincipal of(String name) throws IOException;
    }

    private static boolean isThere(LookUp lookUp, String name) throws IOException {
        try {
            lookUp.of(name);
            return true;
        } catch (UserPrincipalNotFoundException e) {
            return false;
        }
    }
}
