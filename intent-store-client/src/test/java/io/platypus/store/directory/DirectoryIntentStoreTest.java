package io.platypus.store.directory;

import io.platypus.store.IntentStore;
import io.platypus.store.IntentStoreContract;
import io.platypus.testing.FreshDirectory;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;

class DirectoryIntentStoreTest extends IntentStoreContract {
    private final FreshDirectory directory;

    DirectoryIntentStoreTest() throws Exception {
        directory = FreshDirectory.make();
    }

    private Path root() {
        return directory.path().resolve("intent");
    }

    @Override
    protected IntentStore emptyStore() throws Exception {
        Files.createDirectory(root());
        return new DirectoryIntentStore(root());
    }

    @Override
    protected IntentStore anotherClient() {
        return new DirectoryIntentStore(root());
    }

    @AfterEach
    void remove() throws Exception {
        directory.close();
    }
}
