package io.platypus.store.directory;

import io.platypus.store.Write;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Makes changes whose expectations were checked, under the {@link RootLock}.
 *
 * <p>All new contents are on disk beside their files before the first is renamed, so a full disk or
 * an interrupt changes nothing. Between the first rename and the last a marker tells readers to
 * wait.
 */
final class Commit {
    private final DocumentTree tree;
    private final List<Write> writes;
    private final Map<Path, Path> staged = new LinkedHashMap<>();
    private final Set<Path> touched = new LinkedHashSet<>();

    private Commit(DocumentTree tree, List<Write> writes) {
        this.tree = tree;
        this.writes = writes;
    }

    /** Leaves out what is there already, so that nobody is woken for it. */
    static Commit of(DocumentTree tree, List<Write> writes) throws IOException {
        List<Write> changing = new ArrayList<>();
        for (Write write : writes) {
            boolean same =
                    write instanceof Write.Put put
                            && tree.read(put.key())
                                    .filter(e -> e.value().equals(put.value()))
                                    .isPresent();
            if (!same) {
                changing.add(write);
            }
        }
        return new Commit(tree, List.copyOf(changing));
    }

    void run() throws IOException, InterruptedException {
        try {
            for (Write write : writes) {
                if (write instanceof Write.Put put) {
                    stage(put);
                }
            }
            // From here on it is quick, and must not stop half-way.
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            replace();
        } finally {
            for (Path temporary : staged.keySet()) {
                Files.deleteIfExists(temporary);
            }
        }
        for (Path directory : touched) {
            sync(directory);
        }
    }

    private void stage(Write.Put put) throws IOException {
        Path file = tree.file(put.key());
        Path temporary =
                file.resolveSibling("." + file.getFileName() + "." + UUID.randomUUID() + ".tmp");
        Files.createDirectories(file.resolveSibling(""));
        staged.put(temporary, file);
        try (FileOutputStream out = new FileOutputStream(temporary.toFile())) {
            out.write(put.value().getBytes(StandardCharsets.UTF_8));
            out.getFD().sync();
        }
    }

    private void replace() throws IOException {
        boolean many = writes.size() > 1;
        if (many) {
            Files.deleteIfExists(tree.committing());
            Files.createFile(tree.committing());
        }
        try {
            for (Map.Entry<Path, Path> entry : staged.entrySet()) {
                Files.move(entry.getKey(), entry.getValue(), StandardCopyOption.ATOMIC_MOVE);
                touch(entry.getValue());
            }
            for (Write write : writes) {
                if (write instanceof Write.Delete delete
                        && Files.deleteIfExists(tree.file(delete.key()))) {
                    touch(tree.file(delete.key()));
                }
            }
        } finally {
            if (many) {
                Files.deleteIfExists(tree.committing());
            }
        }
    }

    /** A directory that was made for this file is an entry of its own parent. */
    private void touch(Path file) {
        for (Path up = file.getParent();
                up != null && up.startsWith(tree.root());
                up = up.getParent()) {
            touched.add(up);
        }
    }

    private static void sync(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (ClosedByInterruptException e) {
            // The changes are made and seen by all; the caller's next wait ends by the flag.
            Thread.currentThread().interrupt();
        }
    }
}
