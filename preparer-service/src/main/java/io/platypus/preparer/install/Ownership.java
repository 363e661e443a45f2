package io.platypus.preparer.install;

import io.platypus.intent.RunAs;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.Optional;
import java.util.OptionalInt;

/** Whom an install is to belong to. */
sealed interface Ownership {
    /** The agent's own account. */
    record Agent() implements Ownership {}

    /** The account that the service runs as. */
    record Given(UserPrincipal user, GroupPrincipal group) implements Ownership {
        /** Gives away a file, directory or link, which is not followed. */
        void of(Path path) throws IOException {
            PosixFileAttributeView view =
                    Files.getFileAttributeView(
                            path, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
            view.setGroup(group);
            view.setOwner(user);
        }
    }

    /** There is no such account on this machine; the detail says what to do. */
    record Unknown(String detail) implements Ownership {}

    /** Finds out, as only root may give files away. May ask a name service, and block. */
    static Ownership find(Optional<RunAs> runAs) throws IOException {
        if (runAs.isEmpty() || (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") != 0) {
            return new Agent();
        }
        return find(runAs.get());
    }

    private static Ownership find(RunAs runAs) throws IOException {
        UserPrincipalLookupService accounts =
                FileSystems.getDefault().getUserPrincipalLookupService();
        OptionalInt primary = Libc.primaryGroup(runAs.user());
        if (primary.isEmpty()) {
            return unknown("user", runAs.user());
        }
        String group = runAs.group().orElse(String.valueOf(primary.getAsInt()));
        try {
            return new Given(
                    accounts.lookupPrincipalByName(runAs.user()),
                    accounts.lookupPrincipalByGroupName(group));
        } catch (UserPrincipalNotFoundException e) {
            return unknown("group", group);
        }
    }

    private static Unknown unknown(String what, String name) {
        return new Unknown(
                "run_as in deploy_config names the %s '%s', which this machine does not know: create it, or change run_as"
                        .formatted(what, name));
    }
}
