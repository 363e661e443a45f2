package io.platypus.preparer.install;

import io.platypus.intent.AppIntent;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the install that a new one may share files with: the app's newest. */
final class SharedFiles {
    private static final Logger log = LoggerFactory.getLogger(SharedFiles.class);

    private SharedFiles() {}

    static void share(AppIntent intent, Path staged) throws IOException {
        Optional<Path> newest = newest(intent);
        if (newest.isPresent()) {
            HardLinks.Shared shared = HardLinks.share(staged, newest.get());
            log.atInfo()
                    .addKeyValue("app", intent.app())
                    .addKeyValue("with", newest.get())
                    .addKeyValue("files", shared.files())
                    .addKeyValue("bytes", shared.bytes())
                    .log("shared files with an earlier install");
        }
    }

    private static Optional<Path> newest(AppIntent intent) throws IOException {
        Path newest = null;
        FileTime since = FileTime.fromMillis(Long.MIN_VALUE);
        Path installs = intent.deploy().basedir().resolve("installs");
        try (DirectoryStream<Path> all = Files.newDirectoryStream(installs)) {
            for (Path install : all) {
                String name = String.valueOf(install.getFileName());
                if (Staging.version(intent.app(), name).isPresent()
                        && Files.getAttribute(install, "unix:ctime", LinkOption.NOFOLLOW_LINKS)
                                instanceof FileTime time
                        && time.compareTo(since) > 0) {
                    newest = install;
                    since = time;
                }
            }
        } catch (NoSuchFileException e) {
            return Optional.empty(); // There is none, or one was just removed.
        }
        return Optional.ofNullable(newest);
    }
}
