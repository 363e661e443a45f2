package io.platypus.preparer.install;

import static org.assertj.core.api.Assertions.assertThat;

import io.platypus.preparer.Format;
import io.platypus.preparer.MemoryTempDirs;
import io.platypus.preparer.RawArchive;
import io.platypus.preparer.install.InstallResult.Fault;
import io.platypus.preparer.install.InstallResult.Installed;
import io.platypus.preparer.install.InstallResult.NotInstalled;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Ways out of an install that every format of archive can try. */
@Timeout(120)
class EscapeTest {
    @TempDir(factory = MemoryTempDirs.class)
    Path home;

    /** An attempt; the part is what of the entry the message must show. */
    record Attempt(String name, String part, Consumer<RawArchive> in) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Arguments> escapes() {
        return inEachFormat(
                Stream.of(
                                Stream.of(
                                                "..",
                                                "../",
                                                "../f",
                                                "../outside/f",
                                                "../slug_0/f",
                                                "../../../outside/f",
                                                "./../f",
                                                "././/../f",
                                                "a/..",
                                                "a/../",
                                                "a/../b",
                                                "a/../../f",
                                                "a/b/../../../f",
                                                "a//../f",
                                                "a/./../f",
                                                "../".repeat(200) + "tmp/platypus-evil",
                                                "..//f",
                                                "/",
                                                "//",
                                                "/f",
                                                "//f",
                                                "/./f",
                                                "/../f",
                                                "/dev/shm/platypus-evil",
                                                "/tmp/platypus-evil")
                                        .map(EscapeTest::fileNamed),
                                links(),
                                throughLinks(),
                                replacements(),
                                roots())
                        .flatMap(attempts -> attempts));
    }

    private static Stream<Attempt> links() {
        return Stream.of(
                        "/",
                        "/etc",
                        "//etc",
                        "..",
                        "../",
                        "../slug_0",
                        "./..",
                        ".//../slug_0",
                        "../slug_1/f",
                        "../../current",
                        "d/..",
                        "d/../..",
                        "d/../../slug_0",
                        "./d/../f",
                        "../".repeat(60) + "etc/passwd")
                .map(target ->
                        new Attempt(
                                "a link to " + target,
                                "'l'",
                                archive -> archive.directory("d/").symlink("l", target)));
    }

    private static Stream<Attempt> throughLinks() {
        return Stream.of(
                new Attempt(
                        "a file through a link outside",
                        "'l",
                        archive -> archive.symlink("l", "../../..").file("l/outside/f", "theirs")),
                new Attempt(
                        "a file through a link to a directory inside",
                        "'l",
                        archive -> archive.directory("d/").symlink("l", "d").file("l/f", "x")),
                new Attempt(
                        "a directory through a link",
                        "'l",
                        archive -> archive.directory("d/").symlink("l", "d").directory("l/e/")),
                new Attempt(
                        "a link through a link",
                        "'l",
                        archive -> archive.directory("d/").symlink("l", "d").symlink("l/m", "f")),
                new Attempt(
                        "a file through a link to the root",
                        "'l",
                        archive -> archive.symlink("l", ".").file("l/f", "x")),
                new Attempt(
                        "a file through a link that dangles",
                        "'l",
                        archive -> archive.symlink("l", "later").file("l/f", "x")),
                new Attempt(
                        "a file through a link that loops",
                        "'l",
                        archive -> archive.symlink("l", "l").file("l/f", "x")),
                new Attempt(
                        "a chain of links, each of which stays inside",
                        "'e/up2'",
                        archive ->
                                archive.directory("d/")
                                        .directory("e/")
                                        .symlink("d/up", "..")
                                        .symlink("e/up2", "../d/up/..")
                                        .file("rest", "x")),
                new Attempt(
                        "a link that leaves by way of another, but not by its text",
                        "'1/2/3/4/q'",
                        archive ->
                                archive.symlink("1/2/3/4/up", "../../../..")
                                        .symlink("1/2/3/4/q", "up/../../outside")),
                new Attempt(
                        "a chain that leaves by depth",
                        "'q'",
                        archive ->
                                archive.symlink("1/2/3/up", "../../..")
                                        .symlink("q", "1/2/3/up/../outside")),
                new Attempt(
                        "a link whose directory is deep only by way of another link",
                        "'m",
                        archive ->
                                archive.directory("a/b/c/d/")
                                        .symlink("m", "a/b/c/d")
                                        .symlink("m/n", "../../..")));
    }

    private static Stream<Attempt> replacements() {
        return Stream.of(
                new Attempt(
                        "a directory, replaced by a link, then a file in it",
                        "'d",
                        archive -> archive.directory("d/").symlink("d", "e").file("d/f", "x")),
                new Attempt(
                        "a directory that is not empty, replaced by a link",
                        "'d'",
                        archive -> archive.file("d/f", "x").symlink("d", "e")),
                new Attempt(
                        "a link, replaced by a directory",
                        "'d",
                        archive -> archive.directory("e/").symlink("d", "e").directory("d/")),
                new Attempt(
                        "a link, replaced by a file",
                        "'d'",
                        archive -> archive.symlink("d", "e").file("d", "x")),
                new Attempt(
                        "a file, replaced by a link",
                        "'d'",
                        archive -> archive.file("d", "x").symlink("d", "e")),
                new Attempt(
                        "a file, replaced by a directory",
                        "'d",
                        archive -> archive.file("d", "x").directory("d/")),
                new Attempt(
                        "a file, replaced by a directory without saying so",
                        "'d",
                        archive -> archive.file("d", "x").file("d/f", "x")),
                new Attempt(
                        "a directory, replaced by a file",
                        "'d'",
                        archive -> archive.directory("d/").file("d", "x")),
                new Attempt(
                        "a parent nobody named, replaced by a file",
                        "'d'",
                        archive -> archive.file("d/f", "x").file("d", "x")),
                new Attempt(
                        "a parent nobody named, replaced by a link",
                        "'d'",
                        archive -> archive.file("d/f", "x").symlink("d", "e")));
    }

    private static Stream<Attempt> roots() {
        return Stream.of(
                fileNamed(".", "'.'"),
                fileNamed("./.", "'.'"),
                fileNamed(".//.", "'.'"),
                new Attempt("the root as a link", "'.'", archive -> archive.symlink(".", "x")),
                new Attempt(
                        "the root as a link, ./", "'.", archive -> archive.symlink("./.", "x")));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("escapes")
    void refusesEveryWayOut(Format format, Attempt attempt) throws Exception {
        Workshop workshop = Workshop.inUse(home);
        RawArchive archive = format.start().file("first", "x");
        attempt.in().accept(archive);

        var result = workshop.install(format.pack(archive.file("rest", "x")));

        workshop.assertRefused(result, Fault.UNSAFE, attempt.part());
    }

    /** What looks like a way out, or like another entry, and is none where names are bytes. */
    static Stream<Arguments> oddities() {
        return inEachFormat(
                Stream.of(
                                Stream.of(
                                                "..\\..\\f",
                                                "\\f",
                                                "C:\\f",
                                                "C:/f",
                                                "...",
                                                ".../f",
                                                ".. /f",
                                                " ../f",
                                                "..;/f",
                                                "%2e%2e/f",
                                                "~/f",
                                                "~root/f",
                                                "$(touch evil)",
                                                "`touch evil`",
                                                "-rf",
                                                "*",
                                                "a.",
                                                "a ",
                                                "con",
                                                "f:stream",
                                                "\u2024\u2024/f",
                                                "\uff0e\uff0e/f",
                                                ".\u200b./f",
                                                ".\ufeff./f",
                                                "..\u2215f",
                                                "..\uff0ff",
                                                "a\u202egpj.exe",
                                                "\ud83e\udd86/\ud83e\udd86")
                                        .map(EscapeTest::fileNamed),
                                Stream.of(
                                        twins("case twins", "Read", "rEAD"),
                                        twins("NFC and NFD", "caf\u00e9", "cafe\u0301"),
                                        twins("sharp s", "stra\u00dfe", "STRASSE"),
                                        twins("Kelvin", "K", "\u212a"),
                                        twins("a trailing dot", "f", "f."),
                                        twins("a trailing space", "f", "f "),
                                        new Attempt(
                                                "a link and a directory of another case",
                                                "d",
                                                archive ->
                                                        archive.directory("e/")
                                                                .symlink("D", "e")
                                                                .file("d/f", "x"))))
                        .flatMap(attempts -> attempts));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("oddities")
    void refusesAnOddityOrUnpacksAllOfIt(Format format, Attempt attempt) throws Exception {
        Workshop workshop = Workshop.inUse(home);
        RawArchive archive = format.start();
        attempt.in().accept(archive);

        switch (workshop.install(format.pack(archive))) {
            case Installed installed -> {
                Enclosure.assertHolds(workshop.installed(), attempt.name());
                assertThat(Enclosure.count(workshop.installed()))
                        .isGreaterThanOrEqualTo(installed.entries());
                workshop.assertClean();
            }
            case NotInstalled refused ->
                    workshop.assertRefused(refused, Fault.UNSAFE, attempt.part());
            case InstallResult _ -> throw new AssertionError("nothing was there");
        }
    }

    /** Names that no terminal, log or shell should see. */
    static Stream<Arguments> controlCharacters() {
        return inEachFormat(
                Stream.of(
                                "\n",
                                "\r",
                                "\t",
                                "\b",
                                "\u001b[2J",
                                "\u0001",
                                "\u007f",
                                "\u0085",
                                "\u009b")
                        .flatMap(character ->
                                Stream.of(
                                        fileNamed("a" + character + "b", "a"),
                                        fileNamed("d/" + character, "d/"),
                                        new Attempt(
                                                "a link to " + printed(character),
                                                "a",
                                                archive ->
                                                        archive.symlink("a", "b" + character)))));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("controlCharacters")
    void refusesControlCharactersAndShowsNone(Format format, Attempt attempt) throws Exception {
        Workshop workshop = Workshop.inUse(home);
        RawArchive archive = format.start();
        attempt.in().accept(archive);

        var result = workshop.install(format.pack(archive));

        workshop.assertRefused(result, Fault.UNSAFE, attempt.part());
    }

    private static Attempt fileNamed(String name) {
        return fileNamed(name, name.length() < 60 ? "'" + name + "'" : "../..");
    }

    private static Attempt fileNamed(String name, String part) {
        return new Attempt(
                "a file named " + printed(name), part, archive -> archive.file(name, "theirs"));
    }

    private static Attempt twins(String name, String first, String second) {
        return new Attempt(name, second, archive -> archive.file(first, "1").file(second, "2"));
    }

    private static String printed(String name) {
        String printed = name.replaceAll("\\p{Cntrl}|[\u0080-\u009f]", "?");
        return printed.length() < 60 ? printed : printed.substring(0, 60) + "…";
    }

    private static Stream<Arguments> inEachFormat(Stream<Attempt> attempts) {
        return attempts.flatMap(attempt ->
                Stream.of(Format.TAR_GZ, Format.ZIP).map(format -> Arguments.of(format, attempt)));
    }
}
