package io.platypus.preparer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What is on disk below a place, in full: type, mode, time, content or target. */
public final class Tree {
    private Tree() {}

    /** Everything below the root by its path; the root itself with its mode only. */
    public static Map<String, String> of(Path root) throws IOException {
        var tree = new TreeMap<String, String>();
        try (Stream<Path> paths = Files.walk(root)) {
            for (Path path : (Iterable<Path>) paths::iterator) {
                tree.put(root.relativize(path).toString(), describe(path, path.equals(root)));
            }
        }
        return tree;
    }

    /** A numeric attribute of the path itself, such as its type and mode in one. */
    public static int unix(Path path, String attribute) throws IOException {
        return (Integer)
                Objects.requireNonNull(
                        Files.getAttribute(path, "unix:" + attribute, LinkOption.NOFOLLOW_LINKS));
    }

    private static String describe(Path path, boolean root) throws IOException {
        String mode = Integer.toOctalString(unix(path, "mode"));
        if (root) {
            return mode;
        }
        String time = " " + Files.getLastModifiedTime(path, LinkOption.NOFOLLOW_LINKS).toMillis();
        if (Files.isSymbolicLink(path)) {
            return mode + time + " -> " + Files.readSymbolicLink(path);
        }
        if (Files.isDirectory(path)) {
            return mode + time;
        }
        int content = java.util.Arrays.hashCode(Files.readAllBytes(path));
        return mode + time + " links=" + unix(path, "nlink") + " content=" + content;
    }
}
