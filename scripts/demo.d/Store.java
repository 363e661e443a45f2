import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Where the demo writes intent. */
sealed interface Store permits DirectoryStore, ConsulStore {
    /** The settings that make an agent use this store. */
    List<String> settings();

    void put(String key, String json) throws IOException, InterruptedException;

    void delete(String key) throws IOException, InterruptedException;

    /**
     * What the store's catalog says of a service, for people: blank when it is not announced, empty
     * where there is no catalog.
     */
    Optional<String> catalog(String service) throws InterruptedException;

    /** Stops what the store itself runs; does nothing the second time. */
    void close() throws InterruptedException;
}
