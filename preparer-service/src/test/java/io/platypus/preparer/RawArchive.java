package io.platypus.preparer;

/** An archive in the making, of whatever format: what each of them can hold. */
public interface RawArchive {
    RawArchive file(String name, String content);

    RawArchive directory(String name);

    RawArchive symlink(String name, String target);

    /** All of it, with its end; to be called once. */
    byte[] bytes();
}
