package io.platypus.preparer.artifact;

import io.platypus.preparer.plan.Repository;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.Optional;

/** Artifacts as objects in a bucket of S3, or of a server that speaks as S3 does. */
final class S3ArtifactSource implements ArtifactSource {
    /** Beyond which a signature is not believed, within a margin: the rule is fifteen minutes. */
    private static final Duration MOST_SKEW = Duration.ofMinutes(10);

    private final S3Requests requests;
    private final Pauses pauses = new Pauses();

    S3ArtifactSource(S3Requests requests) {
        this.requests = requests;
    }

    @Override
    public Fetch open(URI url) throws InterruptedException {
        Optional<Fetch.Unreachable> pause = pauses.of(url);
        if (pause.isPresent()) {
            return pause.get();
        }
        S3Place object = S3Place.of(url);
        HttpRequests again = headers -> requests.get(object, headers);
        return switch (again.get(Map.of())) {
            case HttpAnswer.NoCredentials(var detail) ->
                    new Fetch.NoCredentials(Repository.shown(url) + ": " + detail);
            case HttpAnswer.Nothing(var detail) ->
                    new Fetch.Unreachable(Repository.shown(url) + ": " + detail);
            case HttpAnswer.Received received when received.status() == 200 ->
                    opened(again, received);
            case HttpAnswer.Received received -> refused(url, received);
        };
    }

    @Override
    public boolean isStill(URI url, String validator) throws InterruptedException {
        Optional<Validator> known = Validator.parse(validator);
        if (known.isEmpty() || pauses.of(url).isPresent()) {
            return false;
        }
        if (!(requests.get(S3Place.of(url), known.get().ifChanged())
                instanceof HttpAnswer.Received received)) {
            return false;
        }
        received.close();
        return received.status() == 304;
    }

    private static Fetch.Opened opened(HttpRequests again, HttpAnswer.Received received) {
        Optional<Validator> validator = Validator.matching(received.headers());
        return new Fetch.Opened(
                validator.isPresent()
                        ? new ResumedBody(again, validator, received)
                        : received.body(),
                received.length(),
                validator.map(Validator::shown));
    }

    private Fetch.NotOpened refused(URI url, HttpAnswer.Received received)
            throws InterruptedException {
        S3Error error = S3Error.of(received);
        String shown = Repository.shown(url) + ": ";
        String detail = shown + error.shown(received.status());
        Optional<Duration> skew = skew(received, Instant.now());
        if (error.code().equals("RequestTimeTooSkewed")
                || (received.status() == 403 && skew.isPresent())) {
            String by = skew.map(off -> ", by " + off.toMinutes() + " min").orElse("");
            return new Fetch.Unreachable(
                    detail + "; this machine's clock is not that of the server" + by);
        }
        Optional<String> region = received.headers().firstValue("x-amz-bucket-region");
        if (region.isPresent() && (received.status() == 301 || received.status() == 400)) {
            return new Fetch.Unreachable(
                    detail + "; the bucket is in the region " + region.get() + ": set s3.region");
        }
        return switch (error.code()) {
            case "ExpiredToken",
                    "InvalidToken",
                    "TokenRefreshRequired",
                    "InvalidAccessKeyId",
                    "SignatureDoesNotMatch" ->
                    new Fetch.NoCredentials(detail);
            case "NoSuchKey" -> new Fetch.Missing(detail);
            case "NoSuchBucket" -> new Fetch.Missing(detail);
            default -> other(url, received, detail);
        };
    }

    private Fetch.NotOpened other(URI url, HttpAnswer.Received received, String detail) {
        return switch (received.status()) {
            case 404, 410 -> new Fetch.Missing(detail);
            // So does S3 of what is not there, to somebody who may not list the bucket.
            case 403 -> new Fetch.Denied(detail + ": not allowed, or not there");
            default -> {
                Optional<Duration> pause = received.retryAfter(Instant.now());
                pause.ifPresent(asked -> pauses.begin(url, asked));
                yield new Fetch.Unreachable(detail, pause);
            }
        };
    }

    /** By how much the clocks differ, if by too much. */
    private static Optional<Duration> skew(HttpAnswer.Received received, Instant now) {
        try {
            return received.headers()
                    .firstValue("Date")
                    .map(date ->
                            ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME)
                                    .toInstant())
                    .map(theirs -> Duration.between(now, theirs).abs())
                    .filter(difference -> difference.compareTo(MOST_SKEW) > 0);
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
