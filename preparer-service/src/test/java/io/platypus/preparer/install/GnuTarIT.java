package io.platypus.preparer.install;

import static org.assertj.core.api.Assertions.assertThat;

import io.platypus.preparer.MemoryTempDirs;
import io.platypus.preparer.Tree;
import io.platypus.preparer.install.InstallResult.Installed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What GNU tar packs is unpacked as GNU tar does it. */
class GnuTarIT {
    @TempDir(factory = MemoryTempDirs.class)
    Path home;

    @ParameterizedTest
    @ValueSource(strings = {"gnu", "pax", "ustar", "v7"})
    void unpacksAsTarDoes(String format) throws Exception {
        Path source = Files.createDirectory(home.resolve("source"));
        populate(source, !format.equals("v7") && !format.equals("ustar"));
        Path archive = home.resolve("a.tar.gz");
        run("tar", "--format=" + format, "-C", source.toString(), "-czf", archive.toString(), ".");
        Path expected = Files.createDirectory(home.resolve("expected"));
        run(
                "sh",
                "-c",
                "umask 022; exec tar --no-same-permissions -C \"$1\" -xzf \"$2\"",
                "sh",
                expected.toString(),
                archive.toString());
        Workshop workshop = new Workshop(home);

        InstallResult result = workshop.install(Files.readAllBytes(archive));

        assertThat(result).isInstanceOf(Installed.class);
        Map<String, String> tree = Tree.of(workshop.installed());
        assertThat(tree).hasSizeGreaterThan(15).containsEntry("", "40755");
        Map<String, String> wanted = Tree.of(expected);
        wanted.put("", "40755");
        assertThat(tree).isEqualTo(wanted);
        workshop.assertClean();
    }

    private static void populate(Path root, boolean longNames) throws IOException {
        file(root.resolve("bin/launch"), "#!/bin/sh\n", "rwxr-xr-x");
        file(root.resolve("bin/private"), "x", "rwx------");
        file(root.resolve("etc/secret"), "s", "r--------");
        file(root.resolve("etc/open"), "o", "rw-rw-rw-");
        file(root.resolve("empty-file"), "", "rw-r--r--");
        file(root.resolve("name with spaces and 'quotes'"), "q", "rw-r--r--");
        file(root.resolve("lib/large"), "0123456789".repeat(50_000), "rw-r--r--");
        Files.createLink(root.resolve("lib/same"), root.resolve("lib/large"));
        Files.createDirectories(root.resolve("empty/deeper"));
        Files.createDirectories(root.resolve("shut"));
        Files.createSymbolicLink(root.resolve("lib/up"), Path.of("../bin/launch"));
        Files.createSymbolicLink(root.resolve("dangling"), Path.of("not/there"));
        Files.createSymbolicLink(root.resolve("directory"), Path.of("lib"));
        Files.createSymbolicLink(root.resolve("self"), Path.of("."));
        if (longNames) {
            file(root.resolve("d".repeat(120)).resolve("f".repeat(200)), "long", "rw-r--r--");
            Files.createSymbolicLink(root.resolve("long-target"), Path.of("t".repeat(150)));
        }
        Files.setPosixFilePermissions(
                root.resolve("shut"), PosixFilePermissions.fromString("r-x------"));
        Files.setLastModifiedTime(
                root.resolve("shut"), FileTime.from(Instant.parse("2001-02-03T04:05:06Z")));
        Files.setLastModifiedTime(
                root.resolve("bin"), FileTime.from(Instant.parse("1999-12-31T23:59:59Z")));
    }

    private static void file(Path path, String content, String mode) throws IOException {
        Files.createDirectories(java.util.Objects.requireNonNull(path.getParent()));
        Files.writeString(path, content);
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
        Files.setLastModifiedTime(path, FileTime.from(Instant.parse("2014-08-06T10:11:12Z")));
    }

    private static void run(String... command) throws Exception {
        Process process =
                new ProcessBuilder(new ArrayList<>(List.of(command)))
                        .redirectErrorStream(true)
                        .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
    }
}
