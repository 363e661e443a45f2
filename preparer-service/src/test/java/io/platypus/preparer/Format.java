package io.platypus.preparer;

import com.github.luben.zstd.ZstdCompressCtx;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/** The formats of artifacts, and how one of each is made. */
public enum Format {
    TAR,
    TAR_GZ,
    TAR_ZST,
    TAR_XZ,
    ZIP;

    /** An archive to be filled, and then to be packed. */
    public RawArchive start() {
        return this == ZIP ? new RawZip() : new RawTar();
    }

    public byte[] pack(RawArchive archive) {
        return pack(archive.bytes());
    }

    /** Compresses a tar; a zip is as it is. */
    public byte[] pack(byte[] archive) {
        return switch (this) {
            case TAR, ZIP -> archive;
            case TAR_GZ -> RawTar.gzip(archive);
            case TAR_ZST -> zstd(archive);
            case TAR_XZ -> xz(archive);
        };
    }

    /** With a checksum, as the command line writes it. */
    private static byte[] zstd(byte[] tar) {
        try (var zstd = new ZstdCompressCtx()) {
            return zstd.setChecksum(true).compress(tar);
        }
    }

    private static byte[] xz(byte[] tar) {
        var bytes = new ByteArrayOutputStream();
        try {
            var options = new LZMA2Options(0);
            options.setDictSize(LZMA2Options.DICT_SIZE_MIN);
            try (var xz = new XZOutputStream(bytes, options)) {
                xz.write(tar);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
