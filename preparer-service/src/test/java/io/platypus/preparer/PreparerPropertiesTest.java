package io.platypus.preparer;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class PreparerPropertiesTest {
    @Test
    void keepsAUrlAsItWasWritten() {
        assertThat(repository("https://artifacts.example/a%20b/"))
                .isEqualTo(URI.create("https://artifacts.example/a%20b/"));
    }

    @Test
    void takesAPathOfThisMachine() {
        assertThat(Path.of(repository("/srv/a b/100%"))).isEqualTo(Path.of("/srv/a b/100%"));
        assertThat(Path.of(repository("repo"))).isEqualTo(Path.of("repo").toAbsolutePath());
    }

    private static URI repository(String repo) {
        var source = new MapConfigurationPropertySource(Map.of("platypus.preparer.repo", repo));
        return new Binder(source)
                .bindOrCreate("platypus.preparer", PreparerProperties.class)
                .repository();
    }
}
