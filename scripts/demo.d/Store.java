import java.io.IOException;
import java.util.List;

/** Where the demo writes intent. */
sealed interface Store permits DirectoryStore, ConsulStore {
    /** The settings that make an agent use this store. */
    List<String> settings();

    void put(String key, String json) throws IOException, InterruptedException;

    void delete(String key) throws IOException, InterruptedException;

    /** Stops what the store itself runs; does nothing the second time. */
    void close() throws InterruptedException;
}
