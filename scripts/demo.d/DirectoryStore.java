import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;

/** Intent as files. */
final class DirectoryStore implements Store {
    private final Path dir;
    private final Path staging;

    DirectoryStore(Path dir, Path staging) throws IOException {
        this.dir = Files.createDirectories(dir);
        this.staging = staging;
    }

    @Override
    public List<String> settings() {
        return List.of("--platypus.store.type=directory", "--platypus.store.directory.path=" + dir);
    }

    /** Writes beside the store, then renames, so that no reader sees half a document. */
    @Override
    public void put(String key, String json) throws IOException {
        Path file = file(key);
        Files.createDirectories(file.getParent());
        Files.writeString(staging, json + "\n");
        Files.move(staging, file, StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void delete(String key) throws IOException {
        Files.deleteIfExists(file(key));
    }

    @Override
    public Optional<String> catalog(String service) {
        return Optional.empty();
    }

    @Override
    public void close() {}

    private Path file(String key) {
        return dir.resolve(key + ".json");
    }
}
