package io.platypus.runtime.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Whether an agent that runs as root may write below a directory. Whoever can rename things there
 * can swap what the agent just looked at for a symbolic link, and have root write, delete or give
 * away any file; so nobody but root may. For any other account there is nothing to be gained, and
 * nothing is refused. The rule is that of {@code StrictModes} in sshd_config(5).
 */
public final class TrustedDirectory {
    private static final int OTHERS_MAY_WRITE = 0022;
    private static final int STICKY = 01000;

    private final int account;

    /** For the account that this process runs as. */
    public TrustedDirectory() throws IOException {
        this((int) Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
    }

    TrustedDirectory(int account) {
        this.account = account;
    }

    /**
     * Looks at a directory, at those above it, and at some below it. What is absent is fine: the
     * agent will make it. Reads only.
     *
     * @param children names of directories below it that the agent writes to; none may be a link
     * @return what is wrong and what to do, or empty
     */
    public Optional<String> objection(Path directory, String... children) throws IOException {
        if (account != 0) {
            return Optional.empty();
        }
        for (Path place = directory.getParent(); place != null; place = place.getParent()) {
            Optional<String> found = objection(place, true);
            if (found.isPresent()) {
                return found;
            }
        }
        Optional<String> found = objection(directory, false);
        for (String child : children) {
            Path place = directory.resolve(child);
            if (found.isEmpty() && Files.isSymbolicLink(place)) {
                found = Optional.of(place + " is a symbolic link; replace it by a directory");
            }
            if (found.isEmpty()) {
                found = objection(place, false);
            }
        }
        return found;
    }

    /** In a sticky directory others may make things, but not rename or remove what is root's. */
    private static Optional<String> objection(Path place, boolean sticky) throws IOException {
        Map<String, Object> is;
        try {
            is = Files.readAttributes(place, "unix:uid,mode");
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        int owner = (int) is.getOrDefault("uid", -1);
        int mode = (int) is.getOrDefault("mode", 0);
        if (owner != 0) {
            return Optional.of(
                    place
                            + " belongs to account "
                            + owner
                            + "; the agent is root: chown it to root");
        }
        boolean writable = (mode & OTHERS_MAY_WRITE) != 0 && !(sticky && (mode & STICKY) != 0);
        return writable
                ? Optional.of(
                        place
                                + " can be written by others, mode "
                                + Integer.toOctalString(mode & 07777)
                                + "; the agent is root: chmod go-w it")
                : Optional.empty();
    }
}
