package io.platypus.preparer.trust;

/** A signature by a key that is trusted, of bytes yet to arrive. For one thread at a time. */
public interface AwaitedSignature {
    /** The next bytes. */
    void update(byte[] bytes, int offset, int length);

    /** Whether it is a signature of these bytes; to be asked once, at their end. */
    boolean holds();
}
