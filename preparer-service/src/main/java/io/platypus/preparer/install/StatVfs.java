package io.platypus.preparer.install;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The statvfs(3) call, for the inodes that the JDK does not tell of. On 64-bit Linux its fields are
 * longs, in the same order with glibc and musl; elsewhere nothing is told.
 */
@SuppressWarnings("restricted") // Foreign calls are what this class is for.
final class StatVfs {
    /** More than the structure takes anywhere. */
    private static final long SIZE = 512;

    private static final int FRAGMENT = 1;
    private static final int BLOCKS = 2;
    private static final int AVAILABLE_BLOCKS = 4;
    private static final int INODES = 5;
    private static final int AVAILABLE_INODES = 7;

    private static final Optional<MethodHandle> STATVFS =
            Optional.of(Linker.nativeLinker())
                    .filter(_ -> isLinux64())
                    .flatMap(linker ->
                            linker.defaultLookup()
                                    .find("statvfs")
                                    .map(f ->
                                            linker.downcallHandle(
                                                    f,
                                                    FunctionDescriptor.of(
                                                            JAVA_INT, ADDRESS, ADDRESS))));

    private StatVfs() {}

    /** Empty where the call is not to be had, or fails: the JDK then says why. */
    static Optional<Space> of(Path place) {
        return STATVFS.flatMap(call -> of(call, place));
    }

    private static Optional<Space> of(MethodHandle call, Path place) {
        try (Arena arena = Arena.ofConfined()) {
            // The JDK's own encoding of paths, which need not be UTF-8.
            Charset encoding = Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));
            MemorySegment name = arena.allocateFrom(place.toString(), encoding);
            MemorySegment told = arena.allocate(SIZE, Long.BYTES);
            int result = (int) call.invokeExact(name, told);
            long block = told.getAtIndex(JAVA_LONG, FRAGMENT);
            return result != 0
                    ? Optional.empty()
                    : Optional.of(
                            new Space(
                                    told.getAtIndex(JAVA_LONG, BLOCKS) * block,
                                    told.getAtIndex(JAVA_LONG, AVAILABLE_BLOCKS) * block,
                                    told.getAtIndex(JAVA_LONG, INODES),
                                    told.getAtIndex(JAVA_LONG, AVAILABLE_INODES)));
        } catch (Throwable e) {
            throw new IllegalStateException("statvfs of " + place, e);
        }
    }

    private static boolean isLinux64() {
        return System.getProperty("os.name", "").equals("Linux")
                && ADDRESS.byteSize() == Long.BYTES;
    }
}
