package io.platypus.runtime.program;

import io.platypus.intent.Printable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Held by the one instance of an agent that works with a state directory; ends with its process.
 */
final class AgentLock implements AutoCloseable {
    private final @Nullable FileChannel channel;

    private AgentLock(@Nullable FileChannel channel) {
        this.channel = channel;
    }

    /** Holds nothing: for a dry run, which changes nothing and may run beside the agent. */
    static AgentLock none() {
        return new AgentLock(null);
    }

    /**
     * @throws StartException if another process holds the lock, or it cannot be made
     */
    static AgentLock take(Path directory, String agent) {
        Path file = directory.resolve("lock");
        try {
            Files.createDirectories(directory);
            FileChannel channel =
                    FileChannel.open(
                            file,
                            StandardOpenOption.CREATE,
                            StandardOpenOption.READ,
                            StandardOpenOption.WRITE);
            if (tryLock(channel) == null) {
                String holder =
                        Printable.of(Files.readString(file, StandardCharsets.UTF_8).strip());
                channel.close();
                throw new StartException(
                        "another "
                                + agent
                                + " (process "
                                + holder
                                + ") works with "
                                + directory
                                + "; stop it, or give this one another platypus.state-dir");
            }
            byte[] pid = (ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.UTF_8);
            // Never empty in between: another instance may be reading it.
            channel.write(ByteBuffer.wrap(pid), 0);
            channel.truncate(pid.length);
            return new AgentLock(channel);
        } catch (IOException e) {
            throw new StartException(
                    "cannot use the state directory "
                            + directory
                            + " ("
                            + e.getClass().getSimpleName()
                            + ": "
                            + e.getMessage()
                            + "); set platypus.state-dir to one that can be written",
                    e);
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    @Override
    public void close() throws IOException {
        if (channel != null) {
            channel.close();
        }
    }
}
