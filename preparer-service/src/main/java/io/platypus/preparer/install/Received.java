package io.platypus.preparer.install;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * What is known of an artifact that was received, whatever became of it.
 *
 * @param bytes how many arrived
 * @param length in bytes, as announced
 * @param sha256 its digest, if all of it was read
 * @param expected the digest that it should have had, if somebody said
 * @param validator what tells it from another content at the same URL
 * @param circumstances a digest of what it was judged by: URL, policy, expected digest, signature
 *     file, keyring, limits, and the agent's own version
 */
public record Received(
        long bytes,
        OptionalLong length,
        Optional<String> sha256,
        Optional<String> expected,
        Optional<String> validator,
        String circumstances) {}
