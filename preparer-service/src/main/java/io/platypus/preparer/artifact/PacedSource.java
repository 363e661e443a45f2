package io.platypus.preparer.artifact;

import java.net.URI;

/**
 * A source that gives up on servers that are too slow.
 *
 * @param source where artifacts are opened
 * @param minRate in bytes a second, over a minute
 */
record PacedSource(ArtifactSource source, long minRate) implements ArtifactSource {
    @Override
    public Fetch open(URI url) throws InterruptedException {
        return switch (source.open(url)) {
            case Fetch.Opened(var body, var length, var validator) ->
                    new Fetch.Opened(
                            new MinimumRate(body, minRate, System::nanoTime), length, validator);
            case Fetch.NotOpened failed -> failed;
        };
    }

    @Override
    public boolean isStill(URI url, String validator) throws InterruptedException {
        return source.isStill(url, validator);
    }
}
