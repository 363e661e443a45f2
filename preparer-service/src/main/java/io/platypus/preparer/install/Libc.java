package io.platypus.preparer.install;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The few calls of the C library that the JDK has no way to. Where one is not to be had, its method
 * says so, and the caller does it the long way.
 */
@SuppressWarnings("restricted") // Foreign calls are what this class is for.
final class Libc {
    static final int ENOSPC = 28;
    static final int EDQUOT = 122;

    private static final int EEXIST = 17;
    private static final int EINVAL = 22;
    private static final int ENOSYS = 38;
    private static final int AT_FDCWD = -100;
    private static final int AT_SYMLINK_NOFOLLOW = 0x100;
    private static final long UTIME_OMIT = (1L << 30) - 2;
    private static final int RENAME_NOREPLACE = 1;
    private static final int O_CLOEXEC = 0x80000;

    /** The JDK's own encoding of paths, which need not be UTF-8. */
    private static final Charset PATHS =
            Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));

    /** Two pointers and two numbers come first in {@code struct passwd}, with every C library. */
    private static final long PASSWD_GID = 20;

    private static final long PASSWD_SIZE = 256;
    private static final long PASSWD_TEXT = 64 << 10;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO =
            STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    private static final Optional<MethodHandle> OPEN =
            function("open", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
    private static final Optional<MethodHandle> SYNCFS =
            function("syncfs", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final Optional<MethodHandle> CLOSE =
            function("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final Optional<MethodHandle> RENAMEAT2 =
            function(
                    "renameat2",
                    FunctionDescriptor.of(
                            JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, JAVA_INT));
    private static final Optional<MethodHandle> UTIMENSAT =
            function(
                    "utimensat",
                    FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_INT));
    private static final Optional<MethodHandle> GETPWNAM_R =
            LINKER.defaultLookup()
                    .find("getpwnam_r")
                    .map(f ->
                            LINKER.downcallHandle(
                                    f,
                                    FunctionDescriptor.of(
                                            JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG,
                                            ADDRESS)));
    private static final Optional<MethodHandle> STRERROR =
            LINKER.defaultLookup()
                    .find("strerror")
                    .map(f -> LINKER.downcallHandle(f, FunctionDescriptor.of(ADDRESS, JAVA_INT)));

    /** How a call ended. */
    enum Result {
        DONE,
        /** The target is there. */
        EXISTS,
        /** This C library, kernel or file system does not have the call. */
        UNAVAILABLE
    }

    private Libc() {}

    /** Writes everything of the file system that holds this directory to stable storage. */
    static Result syncFileSystem(Path directory) throws IOException {
        if (OPEN.isEmpty() || SYNCFS.isEmpty() || CLOSE.isEmpty()) {
            return Result.UNAVAILABLE;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            int fd = (int) OPEN.get().invokeExact(state, name(arena, directory), O_CLOEXEC);
            if (fd < 0) {
                return failed("open", directory, state);
            }
            try {
                int result = (int) SYNCFS.get().invokeExact(state, fd);
                return result == 0 ? Result.DONE : failed("syncfs", directory, state);
            } finally {
                int _ = (int) CLOSE.get().invokeExact(arena.allocate(STATE), fd);
            }
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("syncfs on " + directory, e);
        }
    }

    /** Renames unless something is at the target, be it an empty directory. */
    static Result renameToNew(Path from, Path to) throws IOException {
        if (RENAMEAT2.isEmpty()) {
            return Result.UNAVAILABLE;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            int result =
                    (int)
                            RENAMEAT2
                                    .get()
                                    .invokeExact(
                                            state,
                                            AT_FDCWD,
                                            name(arena, from),
                                            AT_FDCWD,
                                            name(arena, to),
                                            RENAME_NOREPLACE);
            return result == 0 ? Result.DONE : failed("rename " + from + " to", to, state);
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("rename to " + to, e);
        }
    }

    /**
     * Sets the time of the last change of a file, directory or link, which is not followed. The JDK
     * takes seven calls for that, for it asks for the other times first.
     */
    static Result setModified(Path path, Instant modified) throws IOException {
        if (UTIMENSAT.isEmpty() || ADDRESS.byteSize() != Long.BYTES) {
            return Result.UNAVAILABLE;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            MemorySegment times =
                    arena.allocateFrom(
                            JAVA_LONG,
                            0,
                            UTIME_OMIT,
                            modified.getEpochSecond(),
                            modified.getNano());
            int result =
                    (int)
                            UTIMENSAT
                                    .get()
                                    .invokeExact(
                                            state,
                                            AT_FDCWD,
                                            name(arena, path),
                                            times,
                                            AT_SYMLINK_NOFOLLOW);
            return result == 0 ? Result.DONE : failed("setting the time of", path, state);
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("utimensat on " + path, e);
        }
    }

    /** What the system calls an error, in this process's language; empty if unknown. */
    static Optional<String> errorText(int errno) {
        return STRERROR.map(handle -> {
            try {
                MemorySegment text = (MemorySegment) handle.invokeExact(errno);
                return text.reinterpret(256).getString(0);
            } catch (Throwable e) {
                throw new IllegalStateException("strerror", e);
            }
        });
    }

    /**
     * The primary group of an account, empty if there is no such account.
     *
     * @throws IOException if the name service cannot tell
     */
    static OptionalInt primaryGroup(String user) throws IOException {
        MethodHandle getpwnam = GETPWNAM_R.orElseThrow(() -> new IOException("no getpwnam_r"));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment passwd = arena.allocate(PASSWD_SIZE);
            MemorySegment buffer = arena.allocate(PASSWD_TEXT);
            MemorySegment found = arena.allocate(ADDRESS);
            int error =
                    (int)
                            getpwnam.invokeExact(
                                    arena.allocateFrom(user),
                                    passwd,
                                    buffer,
                                    buffer.byteSize(),
                                    found);
            if (error != 0) {
                throw new IOException(
                        "looking up account "
                                + user
                                + ": "
                                + errorText(error).orElse("error " + error));
            }
            return found.get(ADDRESS, 0).equals(MemorySegment.NULL)
                    ? OptionalInt.empty()
                    : OptionalInt.of(passwd.get(JAVA_INT, PASSWD_GID));
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("getpwnam_r of " + user, e);
        }
    }

    private static Result failed(String operation, Path path, MemorySegment state)
            throws IOException {
        int errno = (int) ERRNO.get(state, 0L);
        return switch (errno) {
            case EEXIST -> Result.EXISTS;
            case ENOSYS, EINVAL -> Result.UNAVAILABLE;
            default ->
                    throw new IOException(
                            operation
                                    + " "
                                    + path
                                    + ": "
                                    + errorText(errno).orElse("error " + errno));
        };
    }

    private static MemorySegment name(Arena arena, Path path) {
        return arena.allocateFrom(path.toString(), PATHS);
    }

    private static Optional<MethodHandle> function(String name, FunctionDescriptor descriptor) {
        return LINKER.defaultLookup()
                .find(name)
                .map(f ->
                        LINKER.downcallHandle(
                                f, descriptor, Linker.Option.captureCallState("errno")));
    }
}
