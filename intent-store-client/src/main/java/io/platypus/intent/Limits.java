package io.platypus.intent;

import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/**
 * The most that an instance may use; what is empty is not limited by us.
 *
 * @param memory bytes, of all its processes together
 * @param cpu thousandths of a processor, of all its processes together: 1500 is one and a half
 * @param files open files, of each of its processes
 */
public record Limits(OptionalLong memory, OptionalInt cpu, OptionalInt files) {
    /** No limit at all. */
    public static final Limits NONE =
            new Limits(OptionalLong.empty(), OptionalInt.empty(), OptionalInt.empty());

    /** Less than this no program starts with, and the kernel would kill it again and again. */
    private static final long LEAST_MEMORY = 1 << 20;

    private static final int LEAST_CPU = 10;
    private static final int MOST_CPU = 1_024_000;
    private static final int LEAST_FILES = 16;

    /** What the kernel allows unless told otherwise ({@code fs.nr_open}, proc_sys_fs(5)). */
    private static final int MOST_FILES = 1 << 20;

    /** The names of those that are set, as intent has them. */
    public Set<String> names() {
        Set<String> names = new TreeSet<>();
        memory.ifPresent(_ -> names.add("memory"));
        cpu.ifPresent(_ -> names.add("cpu"));
        files.ifPresent(_ -> names.add("files"));
        return names;
    }

    /**
     * @throws IllegalArgumentException if one is out of the range that a service could run with
     */
    public Limits {
        if (memory.isPresent() && memory.getAsLong() < LEAST_MEMORY) {
            throw new IllegalArgumentException("limits.memory must be at least 1M");
        }
        if (cpu.isPresent() && (cpu.getAsInt() < LEAST_CPU || cpu.getAsInt() > MOST_CPU)) {
            throw new IllegalArgumentException("limits.cpu must be from 0.01 to 1024 processors");
        }
        if (files.isPresent()
                && (files.getAsInt() < LEAST_FILES || files.getAsInt() > MOST_FILES)) {
            throw new IllegalArgumentException("limits.files must be from 16 to 1048576");
        }
    }
}
