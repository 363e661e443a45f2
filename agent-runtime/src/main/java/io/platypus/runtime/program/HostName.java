package io.platypus.runtime.program;

import io.platypus.intent.NodeName;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What this machine calls itself. */
final class HostName {
    private static final Path KERNEL = Path.of("/proc/sys/kernel/hostname");

    private HostName() {}

    /**
     * @throws StartException if there is no name, or it cannot be a node's name
     */
    static NodeName nodeName(@Nullable String given) {
        String name = given != null ? given : own();
        try {
            return new NodeName(name);
        } catch (IllegalArgumentException e) {
            throw new StartException(e.getMessage() + "; set platypus.node", e);
        }
    }

    private static String own() {
        try {
            return Files.isReadable(KERNEL)
                    ? Files.readString(KERNEL).strip()
                    : InetAddress.getLocalHost().getHostName();
        } catch (IOException e) {
            throw new StartException("cannot find out the host name; set platypus.node", e);
        }
    }
}
