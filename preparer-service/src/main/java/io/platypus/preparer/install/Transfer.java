package io.platypus.preparer.install;

import java.util.OptionalLong;

/** Is told how the receiving of an artifact goes, on the thread that receives. */
public interface Transfer {
    /** The artifact begins to arrive; its length in bytes, if it was announced. */
    void begun(OptionalLong length);

    /** So many bytes more have arrived. */
    void received(int bytes);
}
