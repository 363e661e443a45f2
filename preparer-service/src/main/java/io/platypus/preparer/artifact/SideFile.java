package io.platypus.preparer.artifact;

import io.platypus.preparer.plan.Repository;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;

/** A small file that stands beside an artifact and says something of it. */
public sealed interface SideFile {
    /** It is there. */
    record Found(URI url, ByteBuffer content) implements SideFile {
        /** The whole of it. */
        public byte[] bytes() {
            byte[] bytes = new byte[content.limit()];
            content.get(0, bytes);
            return bytes;
        }
    }

    /** The repository has none, or says so (403) of what it does not have. */
    record Absent() implements SideFile {}

    /** It is longer than any such file. */
    record TooLong(URI url) implements SideFile {}

    /** Whether there is one could not be found out. */
    record Unknown(Fetch.NotOpened cause) implements SideFile {}

    /**
     * Reads the file whose name is that of the artifact and a suffix. Blocks as opening an artifact
     * does.
     *
     * @param mostBytes the longest that is read
     */
    static SideFile ofArtifact(ArtifactSource files, URI artifact, String suffix, int mostBytes)
            throws InterruptedException {
        return named(files, artifact, name(artifact) + suffix, mostBytes);
    }

    /** Reads the file of this name in the same place as the artifact. */
    static SideFile named(ArtifactSource files, URI artifact, String name, int mostBytes)
            throws InterruptedException {
        URI url = artifact.resolve("./" + name);
        return switch (files.open(url)) {
            case Fetch.Missing _, Fetch.Denied _ -> new Absent();
            case Fetch.NotOpened failed -> new Unknown(failed);
            case Fetch.Opened file -> {
                try (file) {
                    byte[] content = file.body().readNBytes(mostBytes + 1);
                    yield content.length > mostBytes
                            ? new TooLong(url)
                            : new Found(url, ByteBuffer.wrap(content));
                } catch (IOException e) {
                    if (Thread.interrupted()) {
                        throw new InterruptedException("while reading " + Repository.shown(url));
                    }
                    yield new Unknown(new Fetch.Unreachable(Repository.shown(url) + ": " + e));
                }
            }
        };
    }

    /** The artifact's own name, the last part of its URL. */
    static String name(URI artifact) {
        String path = artifact.getRawPath();
        return path.substring(path.lastIndexOf('/') + 1);
    }
}
