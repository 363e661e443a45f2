package io.platypus.preparer.install;

import static org.assertj.core.api.Assertions.assertThat;

import io.platypus.preparer.Tree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** What holds for an install, whatever the archive was. */
final class Enclosure {
    private static final int SPECIAL_BITS = 07000;
    private static final int DIRECTORY = 004;
    private static final int FILE = 010;
    private static final int SYMLINK = 012;

    private Enclosure() {}

    /** Only files, directories and links, none with special bits, and no link leads outside. */
    static void assertHolds(Path install, String archive) throws IOException {
        Path real = install.toRealPath();
        try (Stream<Path> paths = Files.walk(real)) {
            for (Path path : (Iterable<Path>) paths::iterator) {
                int mode = Tree.unix(path, "mode");
                assertThat(mode & SPECIAL_BITS).as("%s of %s", path, archive).isZero();
                assertThat(mode >> 12).as(archive).isIn(DIRECTORY, FILE, SYMLINK);
                if (Files.isSymbolicLink(path)) {
                    assertLeadsNowhereElse(path, real, archive);
                }
            }
        }
    }

    private static void assertLeadsNowhereElse(Path link, Path root, String archive)
            throws IOException {
        Path target = Files.readSymbolicLink(link);
        assertThat(target.isAbsolute()).as("%s of %s", link, archive).isFalse();
        // One that dangles may lead somewhere tomorrow.
        Path reached = link.resolveSibling(target).normalize();
        assertThat(reached.startsWith(root))
                .as("%s of %s leads to %s", link, archive, reached)
                .isTrue();
        if (Files.exists(link)) {
            assertThat(link.toRealPath().startsWith(root)).as("%s of %s", link, archive).isTrue();
        }
    }

    /** How many files, links and directories there are, the root left out. */
    static long count(Path install) throws IOException {
        try (Stream<Path> paths = Files.walk(install)) {
            return paths.count() - 1;
        }
    }

    /** Removes a tree without following links. */
    static void remove(Path tree) throws IOException {
        if (!Files.exists(tree, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (Stream<Path> paths = Files.walk(tree)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
