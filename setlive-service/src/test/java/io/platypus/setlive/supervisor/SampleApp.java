package io.platypus.setlive.supervisor;

import io.platypus.intent.AppName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An app on disk whose programs note their pids in {@code <install>/started}. */
record SampleApp(AppName name, Path basedir) {
    /** Runs until it gets TERM. */
    static final String PLAIN = "while :; do sleep 0.1; done\n";

    /** Runs on whatever it gets. */
    static final String STUBBORN = "trap '' TERM INT HUP\nwhile :; do sleep 0.1; done\n";

    private static final String BEGIN =
            """
            #!/bin/sh
            home=$(dirname "$(dirname "$(readlink -f "$0")")")
            [ "${home##*/}" != bin ] || home=$(dirname "$home")
            cd "$home" || exit
            echo $$ >>started
            """;

    Path install(String version) {
        return basedir.resolve("installs").resolve(name + "_" + version);
    }

    /** Puts a version there whose {@code bin/launch} goes on with these lines of shell. */
    SampleApp with(String version, String launch) throws IOException {
        program(version, "bin/launch", launch);
        return this;
    }

    /** Puts another program into a version. */
    SampleApp program(String version, String path, String lines) throws IOException {
        Path file = install(version).resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, BEGIN + lines);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        return this;
    }

    /** Makes a version the current one. */
    SampleApp current(String version) throws IOException {
        Path fresh = basedir.resolve("current.new");
        Files.createSymbolicLink(fresh, install(version));
        Files.move(fresh, basedir.resolve("current"), StandardCopyOption.ATOMIC_MOVE);
        return this;
    }

    /** The pids of all programs ever started from a version, in order. */
    List<Long> started(String version) throws IOException {
        try {
            return Files.readAllLines(install(version).resolve("started")).stream()
                    .map(Long::valueOf)
                    .toList();
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }

    ServiceDefinition definition() {
        return new ServiceDefinition(name, basedir, Map.of(), Optional.empty());
    }
}
