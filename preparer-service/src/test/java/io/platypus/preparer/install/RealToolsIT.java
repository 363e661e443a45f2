package io.platypus.preparer.install;

import static org.assertj.core.api.Assertions.assertThat;

import io.platypus.preparer.MemoryTempDirs;
import io.platypus.preparer.install.InstallResult.Fault;
import io.platypus.preparer.install.InstallResult.Installed;
import io.platypus.preparer.install.Portrait.Kept;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the tools that people build artifacts with make is unpacked as what they were given. */
@Timeout(300)
class RealToolsIT {
    private static final Set<Kept> ALL = EnumSet.allOf(Kept.class);
    private static final Set<Kept> NO_HARD_LINKS = EnumSet.of(Kept.MODES, Kept.TIMES);
    private static final Set<Kept> TIMES = EnumSet.of(Kept.TIMES);
    private static final Instant MODIFIED = Instant.parse("2014-08-06T10:11:12Z");

    @TempDir(factory = MemoryTempDirs.class)
    Path home;

    @SuppressWarnings("NullAway.Init") // made by pack, once there is something to unpack
    private Workshop workshop;

    private Path source;
    private Path archive;

    @BeforeEach
    void open() throws IOException {
        source = Files.createDirectory(home.resolve("source"));
        archive = home.resolve("out");
    }

    /** Each packs the directory it runs in into {@code $OUT}. */
    static Stream<Arguments> tars() {
        return Stream.of(
                of("GNU tar, gnu", "tar --format=gnu -czf $OUT ."),
                of("GNU tar, pax", "tar --format=posix -czf $OUT ."),
                of("GNU tar, not packed", "tar -cf $OUT ."),
                of("GNU tar, xz", "tar -cJf $OUT ."),
                of("GNU tar, zstd", "tar --zstd -cf $OUT ."),
                of(
                        "GNU tar, sorted and owned",
                        "tar --sort=name --owner=0 --group=0 --numeric-owner -czf $OUT ."),
                of("GNU tar, names without ./", "tar -czf $OUT *"),
                of("GNU tar, blocks of 512 bytes", "tar -b 1 -czf $OUT ."),
                of("GNU tar, blocks of 1 MB", "tar -b 2048 -czf $OUT ."),
                of("GNU tar, appended to", "tar -cf $OUT bin; tar -rf $OUT --exclude=./bin ."),
                of(
                        "GNU tar, pax with more attributes than anybody needs",
                        "tar --format=posix --pax-option=SCHILY.xattr.user.note:=hello,"
                                + "SCHILY.fflags:=nodump,LIBARCHIVE.creationtime:=12.5,"
                                + "SCHILY.acl.access:=user::rw-,comment:=none -czf $OUT ."),
                of(
                        "GNU tar, a global pax header",
                        "tar --format=posix --pax-option=comment=all -czf $OUT ."),
                of("bsdtar, its own pax", "bsdtar -czf $OUT ."),
                of("bsdtar, pax", "bsdtar --format=pax -czf $OUT ."),
                of("bsdtar, gnutar", "bsdtar --format=gnutar -czf $OUT ."),
                of("bsdtar, xz", "bsdtar -cJf $OUT ."),
                of("bsdtar, zstd", "bsdtar --zstd -cf $OUT ."),
                of(
                        "gzip, members one after the other",
                        "tar -c . >$OUT.tar; split -b 100000 --filter='gzip -1' $OUT.tar >$OUT; rm"
                                + " $OUT.tar"),
                of(
                        "gzip, with a name and a comment",
                        "tar -c . >$OUT.tar; gzip -N $OUT.tar; mv $OUT.tar.gz $OUT"),
                of("pigz", "tar -c . | pigz >$OUT"),
                of("pigz, blocks on their own", "tar -c . | pigz -i -b 128 -p 3 >$OUT"),
                of("pigz, by zopfli", "tar -c . | pigz -11 -b 32 >$OUT"),
                of(
                        "zstd, several frames",
                        "tar -c . >$OUT.tar; split -b 100000 --filter='zstd -q' $OUT.tar >$OUT; rm"
                                + " $OUT.tar"),
                of(
                        "zstd, a skippable frame first",
                        "{ printf '\\x5e\\x2a\\x4d\\x18\\x04\\0\\0\\0skip'; tar -c . | zstd -q; }"
                                + " >$OUT"),
                of(
                        "zstd, a skippable frame last",
                        "{ tar -c . | zstd -q; printf '\\x50\\x2a\\x4d\\x18\\x04\\0\\0\\0skip'; }"
                                + " >$OUT"),
                of("zstd, a long window", "tar -c . | zstd -q --long=27 >$OUT"),
                of("zstd, level 22", "tar -c . | zstd -q --ultra -22 >$OUT"),
                of("zstd, several threads, no checksum", "tar -c . | zstd -q -T2 --no-check >$OUT"),
                of("zstd, its size known", "tar -cf $OUT.tar .; zstd -q --rm $OUT.tar -o $OUT"),
                of("xz -9", "tar -c . | xz -9 >$OUT"),
                of("xz, several blocks", "tar -c . | xz -T2 --block-size=65536 >$OUT"),
                of("xz, SHA-256", "tar -c . | xz --check=sha256 >$OUT"),
                of("xz, no check", "tar -c . | xz --check=none >$OUT"),
                of(
                        "xz, several streams",
                        "tar -c . >$OUT.tar; split -b 100000 --filter='xz -0' $OUT.tar >$OUT; rm"
                                + " $OUT.tar"),
                of("xz, for programs", "tar -c . | xz --x86 --lzma2=preset=6 >$OUT"),
                of(
                        "Python's tarfile, pax",
                        python("t = tarfile.open(out, 'w:gz'); t.add('.'); t.close()")),
                of(
                        "Python's tarfile, gnu",
                        python(
                                "t = tarfile.open(out, 'w:gz', format=tarfile.GNU_FORMAT);"
                                        + " t.add('.'); t.close()")),
                of(
                        "Python's tarfile, xz",
                        python("t = tarfile.open(out, 'w:xz'); t.add('.'); t.close()")),
                of("Python's shutil", python("os.rename(shutil.make_archive(out, 'gztar'), out)")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("tars")
    void unpacksTars(String tool, String script) throws Exception {
        populate(source);
        Files.createLink(source.resolve("lib/same"), source.resolve("lib/large"));
        touch(source.resolve("lib"), MODIFIED);
        assertUnpacksAsItWas(script, ALL);
    }

    static Stream<Arguments> zips() {
        return Stream.of(
                of("zip", "zip -qry $OUT ."),
                of("zip, stored", "zip -qry0 $OUT ."),
                of("zip, names without ./", "zip -qry $OUT *"),
                of("zip, zip64", "zip -qry -fz $OUT ."),
                of("zip, with comments", "zip -qry $OUT .; echo 'a comment' | zip -qz $OUT"),
                of("zip, grown", "zip -qry $OUT bin; zip -qry $OUT ."),
                of("bsdtar", "bsdtar --format=zip -cf $OUT ."),
                of("bsdtar, to a pipe", "bsdtar --format=zip -c . | cat >$OUT"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("zips")
    void unpacksZips(String tool, String script) throws Exception {
        populate(source);
        // zip insists on its suffix.
        archive = home.resolve("out.zip");
        assertUnpacksAsItWas(script, NO_HARD_LINKS);
    }

    /** These know no symbolic links, and some no modes. */
    static Stream<Arguments> plainZips() {
        return Stream.of(
                Arguments.of(
                        "jar", TIMES, "$JAVA_HOME/bin/jar --create --no-manifest --file $OUT ."),
                Arguments.of("jar, stored", TIMES, "$JAVA_HOME/bin/jar -c -0 -M -f $OUT ."),
                Arguments.of("zip, sizes after the data", NO_HARD_LINKS, "zip -qr -fd $OUT ."),
                Arguments.of("zip, to a pipe", NO_HARD_LINKS, "zip -qr - . | cat >$OUT"),
                Arguments.of(
                        "Python's zipfile",
                        NO_HARD_LINKS,
                        python(
                                "z = zipfile.ZipFile(out, 'w',"
                                        + " zipfile.ZIP_DEFLATED);[z.write(os.path.join(d, n)) for d,"
                                        + " s, f in os.walk('.') for n in s + f];z.close()")),
                Arguments.of(
                        "Python's shutil",
                        NO_HARD_LINKS,
                        python("os.rename(shutil.make_archive(out, 'zip'), out)")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("plainZips")
    void unpacksZipsOfFilesAndDirectories(String tool, Set<Kept> kept, String script)
            throws Exception {
        archive = home.resolve("out.zip");
        populateWithFiles(source);
        assertUnpacksAsItWas(script, kept);
    }

    static Stream<Arguments> gitArchives() {
        return Stream.of(
                of("tar.gz", "git archive --format=tar.gz -o $OUT HEAD"),
                of("tar", "git archive --format=tar -o $OUT HEAD"),
                of("zip", "git archive --format=zip -o $OUT HEAD"),
                of("a prefix", "git archive --format=tar.gz -o $OUT --prefix=a/ HEAD"));
    }

    /** Its tars begin with a global pax header that has the commit in it. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("gitArchives")
    void unpacksGitArchives(String format, String script) throws Exception {
        populate(source);
        remove("empty", "dangling");
        pack(
                "chmod -R u=rwX,go=rX .; git init -q .; git add -A; git -c user.name=p -c"
                        + " user.email=p@localhost commit -qm p;"
                        + script,
                Map.of(
                        "GIT_COMMITTER_DATE", "2014-08-06T10:11:12Z",
                        "GIT_CONFIG_GLOBAL", "/dev/null",
                        "GIT_CONFIG_SYSTEM", "/dev/null"));
        Path top =
                format.equals("a prefix")
                        ? workshop.installed().resolve("a")
                        : workshop.installed();

        assertThat(workshop.install(Files.readAllBytes(archive))).isInstanceOf(Installed.class);

        Enclosure.remove(source.resolve(".git"));
        Map<String, String> tree = Portrait.of(top, EnumSet.of(Kept.MODES));
        assertThat(tree).isEqualTo(Portrait.of(source, EnumSet.of(Kept.MODES)));
        assertThat(Files.getLastModifiedTime(top.resolve("bin/launch")))
                .isEqualTo(FileTime.from(MODIFIED));
        workshop.assertClean();
    }

    /** It puts all below package/, and sets modes and times as it likes. */
    @Test
    void unpacksWhatNpmPacks() throws Exception {
        populateWithFiles(source);
        Files.writeString(
                source.resolve("package.json"),
                "{\"name\":\"slug\",\"version\":\"1.0.0\",\"bin\":{\"launch\":\"bin/launch\"}}");
        Files.writeString(source.resolve(".npmrc"), "update-notifier=false\n");
        pack(
                "npm pack --offline --ignore-scripts --silent --cache $OUT.cache; mv slug-1.0.0.tgz"
                        + " $OUT",
                Map.of("HOME", home.toString()));

        assertThat(workshop.install(Files.readAllBytes(archive))).isInstanceOf(Installed.class);

        Enclosure.remove(source.resolve("empty"));
        Enclosure.remove(source.resolve(".npmrc"));
        assertThat(Portrait.of(workshop.installed().resolve("package"), Set.of()))
                .isEqualTo(Portrait.of(source, Set.of()));
        assertThat(workshop.installed().resolve("package/bin/launch")).isExecutable();
        workshop.assertClean();
    }

    static Stream<Arguments> assemblies() {
        return Stream.of("tar.gz", "tar", "tar.xz", "tar.zst", "zip").map(Arguments::of);
    }

    /** What the Maven that builds this makes with its assembly plugin. */
    @ParameterizedTest
    @MethodSource("assemblies")
    void unpacksMavenAssemblies(String format) throws Exception {
        populate(source);
        // Its archiver follows links to directories, and drops what dangles.
        remove("directory", "dangling", "self", "lib/far");
        Path project = Files.createDirectory(home.resolve("project"));
        Files.writeString(
                project.resolve("pom.xml"),
                """
                <project xmlns="http://maven.apache.org/POM/4.0.0">
                  <modelVersion>4.0.0</modelVersion>
                  <groupId>test</groupId><artifactId>slug</artifactId><version>1</version>
                  <packaging>pom</packaging>
                  <build><plugins><plugin>
                    <groupId>org.apache.maven.plugins</groupId>
                    <artifactId>maven-assembly-plugin</artifactId>
                    <version>%s</version>
                    <configuration>
                      <appendAssemblyId>false</appendAssemblyId>
                      <descriptors><descriptor>assembly.xml</descriptor></descriptors>
                    </configuration>
                  </plugin></plugins></build>
                </project>
                """
                        .formatted(property("unpacking.maven-assembly-plugin")));
        Files.writeString(
                project.resolve("assembly.xml"),
                """
                <assembly xmlns="http://maven.apache.org/ASSEMBLY/2.2.0">
                  <id>slug</id>
                  <formats><format>%s</format></formats>
                  <includeBaseDirectory>false</includeBaseDirectory>
                  <fileSets><fileSet><directory>%s</directory><outputDirectory/></fileSet></fileSets>
                </assembly>
                """
                        .formatted(format, source));
        pack(
                "cd $PROJECT; mvn -B -q -o -Dmaven.repo.local=$REPOSITORY"
                        + " org.apache.maven.plugins:maven-assembly-plugin:single;"
                        + " mv target/slug-1."
                        + format
                        + " $OUT",
                Map.of(
                        "PROJECT", project.toString(),
                        "REPOSITORY", property("unpacking.maven-repository"),
                        "JAVA_HOME", System.getProperty("java.home")));

        assertThat(workshop.install(Files.readAllBytes(archive))).isInstanceOf(Installed.class);

        assertThat(Portrait.of(workshop.installed(), EnumSet.of(Kept.MODES)))
                .isEqualTo(Portrait.of(source, EnumSet.of(Kept.MODES)));
        workshop.assertClean();
    }

    static Stream<Arguments> refused() {
        String sparse = "truncate -s 1M s; printf x >>s; ";
        return Stream.of(
                Arguments.of("sparse, gnu", "s", sparse + "tar --format=gnu -S -czf $OUT s"),
                Arguments.of(
                        "sparse, pax 0.0",
                        "s",
                        sparse + "tar --format=posix -S --sparse-version=0.0 -czf $OUT s"),
                Arguments.of(
                        "sparse, pax 0.1",
                        "s",
                        sparse + "tar --format=posix -S --sparse-version=0.1 -czf $OUT s"),
                Arguments.of(
                        "sparse, pax 1.0",
                        "s",
                        sparse + "tar --format=posix -S --sparse-version=1.0 -czf $OUT s"),
                Arguments.of("sparse, bsdtar", "s", sparse + "bsdtar --format=pax -czf $OUT s"),
                Arguments.of("a FIFO", "pipe", "mkfifo pipe; tar -czf $OUT pipe"),
                Arguments.of("a FIFO, bsdtar", "pipe", "mkfifo pipe; bsdtar -czf $OUT pipe"),
                Arguments.of("a device", "null", "tar -C /dev -czf $OUT null"),
                Arguments.of("a volume's name", "name", "tar -V name -czf $OUT ."),
                Arguments.of(
                        "an incremental backup",
                        "./",
                        "tar -g $OUT.snar -czf $OUT .; rm $OUT.snar"),
                Arguments.of("absolute names", "/", "tar -P -czf $OUT $PWD"),
                Arguments.of("names with ..", "..", "tar -P -czf $OUT ../outside"),
                Arguments.of("a name with a newline", "b", "touch $'a\\nb'; tar -czf $OUT a*"),
                Arguments.of("a link outside", "l", "ln -s ../outside l; tar -czf $OUT l"),
                Arguments.of(
                        "a zip's link outside",
                        "l",
                        "ln -s ../outside l; zip -qry $OUT.zip l; mv $OUT.zip $OUT"),
                Arguments.of(
                        "a zip with a password",
                        "f",
                        "touch f; echo x >f; zip -q -P secret $OUT.zip f; mv $OUT.zip $OUT"),
                Arguments.of(
                        "a zip by bzip2",
                        "f",
                        "seq 9999 >f; zip -q -Z bzip2 $OUT.zip f; mv $OUT.zip $OUT"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refused")
    void refusesWhatToolsMakeOfOtherThings(String what, String part, String script)
            throws Exception {
        pack(script, Map.of());

        var result = workshop.install(Files.readAllBytes(archive));

        workshop.assertRefused(result, Fault.UNSAFE, part);
    }

    private void assertUnpacksAsItWas(String script, Set<Kept> kept) throws Exception {
        pack(script, Map.of("JAVA_HOME", System.getProperty("java.home")));

        var result = workshop.install(Files.readAllBytes(archive));

        assertThat(result).isInstanceOf(Installed.class);
        assertThat(Portrait.of(workshop.installed(), kept)).isEqualTo(Portrait.of(source, kept));
        // The dictionary of xz -9 is 64 MB.
        workshop.assertClean(160L << 20);
    }

    private void pack(String script, Map<String, String> environment) throws Exception {
        var all = new java.util.HashMap<>(environment);
        all.put("OUT", archive.toString());
        Files.createDirectories(home.resolve("outside"));
        Shell.run(source, all, script);
        workshop = Workshop.inUse(Files.createDirectory(home.resolve("node")));
    }

    private void remove(String... paths) throws IOException {
        for (String path : paths) {
            Enclosure.remove(source.resolve(path));
        }
    }

    /** The build says where Maven has its plugins, and which. */
    private static String property(String name) {
        return Objects.requireNonNull(System.getProperty(name), name);
    }

    private static Arguments of(String tool, String script) {
        return Arguments.of(tool, script);
    }

    private static String python(String statement) {
        return "python3 -c \"import os, shutil, tarfile, zipfile; out = os.environ['OUT']; "
                + statement
                + "\"";
    }

    private static void populate(Path root) throws IOException {
        populateWithFiles(root);
        link(root, "lib/up", "../bin/launch");
        link(root, "dangling", "not/there");
        link(root, "directory", "lib");
        link(root, "self", ".");
        link(root, "lib/far", "long/" + "t".repeat(150));
        touch(root.resolve("lib"), MODIFIED);
    }

    private static void populateWithFiles(Path root) throws IOException {
        file(root, "bin/launch", "#!/bin/sh\n", "rwxr-xr-x");
        file(root, "etc/secret", "s", "rw-------");
        file(root, "empty-file", "", "rw-r--r--");
        file(root, "name with spaces, 'quotes' & $signs", "q", "rw-r--r--");
        file(root, "gr\u00fc\u00dfe/\ud83e\udd86", "utf-8", "rw-r--r--");
        file(root, "lib/large", "0123456789".repeat(50_000), "r--r--r--");
        file(root, "d".repeat(120) + "/" + "f".repeat(200), "long", "rw-r--r--");
        file(root, "a/b/c/d/e/f/g/h", "deep", "rwxr-x---");
        Files.createDirectories(root.resolve("empty"));
        touch(root.resolve("empty"), Instant.parse("2001-02-03T04:05:06Z"));
        touch(root.resolve("bin"), Instant.parse("1999-12-31T23:59:58Z"));
    }

    private static void file(Path root, String name, String content, String mode)
            throws IOException {
        Path path = root.resolve(name);
        Files.createDirectories(Objects.requireNonNull(path.getParent()));
        Files.writeString(path, content);
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
        touch(path, MODIFIED);
        for (Path up = path.getParent(); up != null && !up.equals(root); up = up.getParent()) {
            touch(up, MODIFIED);
        }
    }

    private static void link(Path root, String name, String target) throws IOException {
        touch(Files.createSymbolicLink(root.resolve(name), Path.of(target)), MODIFIED);
    }

    /** Times of two whole seconds: zip knows no others. */
    private static void touch(Path path, Instant time) throws IOException {
        Files.getFileAttributeView(path, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                .setTimes(FileTime.from(time), null, null);
    }
}
