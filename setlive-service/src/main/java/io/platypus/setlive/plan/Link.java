package io.platypus.setlive.plan;

import java.nio.file.Path;

/** What {@code <basedir>/current} is. */
public sealed interface Link {
    /** There is nothing. */
    record Absent() implements Link {}

    /**
     * A symbolic link.
     *
     * @param target absolute; whether anything is there is another question
     */
    record To(Path target) implements Link {}

    /** A file or a directory: not ours, never replaced. */
    record NotALink() implements Link {}
}
