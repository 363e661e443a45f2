package io.platypus.system;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;

/** Where the build has put what is tested. */
final class Programs {
    /** The two versions of slug that the build makes: those of the original's document. */
    static final String V1 = "e928e5ad8814441e7c503d7f6c9e55d72584c006";

    static final String V2 = "56d459e7c581b913ad5afa627064d62aea2cfac3";

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    private Programs() {}

    static Path launch(String program) {
        return ROOT.resolve("dist").resolve(program).resolve("bin").resolve("launch");
    }

    static Path slugRepo() {
        return ROOT.resolve("examples/slug/target/repo");
    }

    static Path slug(String version) {
        return slugRepo().resolve("slug/slug_" + version + ".tar.gz");
    }

    /** Free when it was looked for. */
    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
