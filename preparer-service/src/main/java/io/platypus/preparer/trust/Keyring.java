package io.platypus.preparer.trust;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.platypus.preparer.artifact.Sha256;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;
import java.util.Map;

/**
 * The certificates that the node's owner trusts.
 *
 * @param certificates one for each primary key
 * @param files the content of the files that they are from, by path
 */
record Keyring(List<Certificate> certificates, Map<Path, byte[]> files) {
    /**
     * Reads the files of a directory.
     *
     * @throws MalformedException naming the file that is no good
     */
    static Keyring read(Path directory) throws MalformedException {
        Map<Path, byte[]> files = KeyringFiles.read(directory);
        return new Keyring(KeyringParser.parse(files), files);
    }

    /** What tells this keyring together with this content from any other pair. */
    String digestWith(byte[] content) {
        MessageDigest digest = Sha256.begin();
        files.forEach((path, bytes) -> {
            digest.update(Sha256.begin().digest(path.toString().getBytes(UTF_8)));
            digest.update(Sha256.begin().digest(bytes));
        });
        digest.update(Sha256.begin().digest(content));
        return Sha256.hex(digest);
    }
}
