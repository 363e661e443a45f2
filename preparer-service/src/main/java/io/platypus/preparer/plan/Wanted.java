package io.platypus.preparer.plan;

import io.platypus.intent.Version;
import java.net.URI;
import java.util.Optional;

/**
 * A version that is to be installed.
 *
 * @param source where its artifact is
 * @param sha256 the digest that the artifact must have, if intent says so
 */
public record Wanted(Version version, URI source, Optional<String> sha256) {}
