package io.platypus.preparer.artifact;

import java.net.URI;

/**
 * An object.
 *
 * @param key without a slash before it, and not encoded
 */
record S3Place(String bucket, String key) {
    /** Of an {@code s3://bucket/key} that the repository does not refuse. */
    static S3Place of(URI url) {
        return new S3Place(url.getHost(), url.getPath().substring(1));
    }
}
