package io.platypus.runtime.convergence;

import java.util.Optional;

/**
 * What a status is about.
 *
 * @param app the app's name as it stands in the store
 * @param cluster empty where it could not be read
 * @param version the version that is to be live, if any
 * @param index the store index of the intent that was seen, 0 when unknown
 */
public record Subject(String app, Optional<String> cluster, Optional<String> version, long index) {}
