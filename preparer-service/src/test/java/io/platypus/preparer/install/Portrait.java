package io.platypus.preparer.install;

import io.platypus.preparer.Tree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** What a tree looks like, as far as an archive can keep it. */
final class Portrait {
    /** What some archives keep, beside names, links and content. */
    enum Kept {
        MODES,
        TIMES,
        HARD_LINKS
    }

    private Portrait() {}

    /** Everything below the root, by its path. */
    static Map<String, String> of(Path root, Set<Kept> kept) throws IOException {
        var portrait = new TreeMap<String, String>();
        var first = new HashMap<Object, String>();
        try (Stream<Path> paths = Files.walk(root).sorted()) {
            for (Path path : (Iterable<Path>) paths::iterator) {
                String name = root.relativize(path).toString();
                if (!name.isEmpty()) {
                    portrait.put(name, describe(path, name, kept, first));
                }
            }
        }
        return portrait;
    }

    private static String describe(
            Path path, String name, Set<Kept> kept, Map<Object, String> first) throws IOException {
        if (Files.isSymbolicLink(path)) {
            return "link to " + Files.readSymbolicLink(path) + time(path, kept);
        }
        int mode = Tree.unix(path, "mode");
        String access = kept.contains(Kept.MODES) ? " " + Integer.toOctalString(mode & 07777) : "";
        if (Files.isDirectory(path)) {
            return "directory" + access + time(path, kept);
        }
        String same = "";
        if (kept.contains(Kept.HARD_LINKS)) {
            Object inode = Files.getAttribute(path, "unix:ino", LinkOption.NOFOLLOW_LINKS);
            same = " same as " + first.computeIfAbsent(inode, _ -> name);
        }
        return "file "
                + Arrays.hashCode(Files.readAllBytes(path))
                + access
                + time(path, kept)
                + same;
    }

    private static String time(Path path, Set<Kept> kept) throws IOException {
        return kept.contains(Kept.TIMES)
                ? " at "
                        + Files.getLastModifiedTime(path, LinkOption.NOFOLLOW_LINKS)
                                .to(TimeUnit.SECONDS)
                : "";
    }
}
