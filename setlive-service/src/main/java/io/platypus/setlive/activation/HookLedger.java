package io.platypus.setlive.activation;

import io.platypus.intent.AppName;
import io.platypus.setlive.plan.Hook;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * Which hooks have succeeded for what is live: it cannot be seen in the world. Each is struck out
 * before what it belongs to is undone, and entered after it has succeeded, so that a crash, or the
 * loss of it all, has a hook run once more and never once too few.
 */
public final class HookLedger {
    private static final String FRESH = ".new";

    private final Path directory;

    /**
     * @param directory made when something is entered
     */
    public HookLedger(Path directory) {
        this.directory = directory;
    }

    /** Whether the hook has succeeded for this install. */
    public boolean isDone(AppName app, Hook hook, Path install) throws IOException {
        try {
            return Files.readString(entry(app, hook)).equals(install.toString());
        } catch (NoSuchFileException _) {
            return false;
        }
    }

    /** The hook has succeeded for this install; replaces what stood there. */
    public void enter(AppName app, Hook hook, Path install) throws IOException {
        Path entry = entry(app, hook);
        Files.createDirectories(directory.resolve(app.value()));
        Path fresh = entry.resolveSibling(entry.getFileName() + FRESH);
        Files.writeString(fresh, install.toString());
        Files.move(fresh, entry, StandardCopyOption.ATOMIC_MOVE);
    }

    /** The hook is to be run again, whatever for. */
    public void strike(AppName app, Hook hook) throws IOException {
        Files.deleteIfExists(entry(app, hook));
    }

    /** Nothing is known of this app any more. */
    public void forget(AppName app) throws IOException {
        for (Hook hook : Hook.values()) {
            Path entry = entry(app, hook);
            Files.deleteIfExists(entry);
            Files.deleteIfExists(entry.resolveSibling(entry.getFileName() + FRESH));
        }
        Files.deleteIfExists(directory.resolve(app.value()));
    }

    private Path entry(AppName app, Hook hook) {
        return directory.resolve(app.value()).resolve(hook.lowerCase());
    }
}
