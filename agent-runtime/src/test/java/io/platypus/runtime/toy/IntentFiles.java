package io.platypus.runtime.toy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Intent of the node {@code web1}, as people write it into the directory store. */
public record IntentFiles(Path root) {
    public static final String NODE = "web1";

    /** Assigns an app whose active version is this. */
    public void app(String app, String version) {
        app(app, version, "{}");
    }

    /** Assigns an app with a {@code user_config}, by which a toy's faults are asked for. */
    public void app(String app, String version, String userConfig) {
        config(
                app,
                "{\"versions\": {\"%s\": \"active\"}, \"user_config\": %s}"
                        .formatted(version, userConfig));
        deployConfig(app, "{\"basedir\": \"/srv/%s\", \"ports\": [1212]}".formatted(app));
        assign(app, "{\"cluster\": \"development\"}");
    }

    public void fault(String app, String fault) {
        app(app, "v1", "{\"act\": \"%s\"}".formatted(fault));
    }

    public void config(String app, String json) {
        write("clusters/" + app + "/development/config", json);
    }

    public void deployConfig(String app, String json) {
        write("clusters/" + app + "/development/deploy_config", json);
    }

    public void assign(String app, String json) {
        write("nodes/" + NODE + "/" + app, json);
    }

    public void sentinel() {
        write("nodes/" + NODE + "/.node", "{}");
    }

    public void unassign(String app) {
        delete("nodes/" + NODE + "/" + app);
    }

    public void delete(String key) {
        try {
            Files.delete(root.resolve(key + ".json"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whole or not at all, as a reader sees it. */
    public void write(String key, String text) {
        Path file = root.resolve(key + ".json");
        Path temporary = file.resolveSibling("." + file.getFileName() + ".tmp");
        try {
            Files.createDirectories(file.resolveSibling(""));
            Files.writeString(temporary, text);
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String read(String key) {
        try {
            return Files.readString(root.resolve(key + ".json"));
        } catch (IOException e) {
            return "";
        }
    }
}
