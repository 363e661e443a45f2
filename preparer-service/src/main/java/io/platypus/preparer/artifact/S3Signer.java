package io.platypus.preparer.artifact;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;
import software.amazon.awssdk.services.s3.presigner.model.PresignedGetObjectRequest;

/**
 * Signs requests for objects with the AWS SDK, which knows where credentials are, how they are
 * renewed, and what the addresses are; requests themselves are made like all others. Nothing of the
 * SDK is loaded before the first request. For use by many threads.
 */
final class S3Signer {
    /** Long enough for clocks that differ a little; each request is signed anew. */
    private static final Duration VALID = Duration.ofMinutes(15);

    /**
     * A request that may be made.
     *
     * @param headers that are part of what is signed
     */
    record Signed(URI url, Map<String, String> headers) {}

    /** That there is nothing to sign with; the message is the SDK's and has no secrets. */
    static final class UnusableException extends Exception {
        private static final long serialVersionUID = 1;

        UnusableException(SdkClientException cause) {
            super(cause.getMessage(), cause);
        }
    }

    private final S3Presigner presigner;

    /**
     * @throws UnusableException if nothing says what the region is
     */
    S3Signer(S3Settings settings) throws UnusableException {
        var builder =
                S3Presigner.builder()
                        .serviceConfiguration(
                                S3Configuration.builder()
                                        .pathStyleAccessEnabled(settings.usesPathStyle())
                                        .build());
        settings.endpoint().ifPresent(builder::endpointOverride);
        region(settings).ifPresent(builder::region);
        try {
            this.presigner = builder.build();
        } catch (SdkClientException e) {
            throw new UnusableException(e);
        }
    }

    /**
     * Signs a GET of an object. May ask a metadata service for credentials, and block for seconds.
     *
     * @throws UnusableException if there are no credentials
     */
    Signed sign(S3Place object) throws UnusableException {
        try {
            PresignedGetObjectRequest signed =
                    presigner.presignGetObject(request ->
                            request.signatureDuration(VALID)
                                    .getObjectRequest(
                                            get -> get.bucket(object.bucket()).key(object.key())));
            return new Signed(URI.create(signed.url().toString()), headers(signed.signedHeaders()));
        } catch (SdkClientException e) {
            throw new UnusableException(e);
        }
    }

    /** A server of one's own rarely cares, but something has to be signed for. */
    private static Optional<Region> region(S3Settings settings) {
        return settings.region()
                .or(() -> settings.endpoint().map(_ -> "us-east-1"))
                .map(Region::of);
    }

    /** The client says the host by itself. */
    private static Map<String, String> headers(Map<String, List<String>> signed) {
        return signed.entrySet().stream()
                .filter(header -> !header.getKey().equalsIgnoreCase("host"))
                .collect(
                        Collectors.toMap(
                                Map.Entry::getKey, header -> String.join(",", header.getValue())));
    }
}
