/** Where artifacts are fetched from: files, and servers that speak HTTP or S3. */
@NullMarked
package io.platypus.preparer.artifact;

import org.jspecify.annotations.NullMarked;
