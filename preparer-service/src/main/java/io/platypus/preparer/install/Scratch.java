package io.platypus.preparer.install;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Room on disk for what cannot be read from front to back. The file has no name from the beginning,
 * so that it is gone with the process, however that ends.
 *
 * @param directory an empty one on the file system of the install
 * @param room what of that file system may be taken
 */
record Scratch(Path directory, Reservation room) {
    /**
     * Keeps all that is left of a stream.
     *
     * @param progress called whenever some more has been read
     */
    FileChannel keep(InputStream in, Runnable progress) throws IOException {
        Path name = directory.resolve("scratch");
        FileChannel file =
                FileChannel.open(
                        name,
                        StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
        try {
            Files.delete(name);
            OutputStream out = Channels.newOutputStream(file);
            byte[] buffer = new byte[64 << 10];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                progress.run();
                room.bytes(read);
                out.write(buffer, 0, read);
            }
            return file;
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }
}
