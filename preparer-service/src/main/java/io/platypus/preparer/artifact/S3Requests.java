package io.platypus.preparer.artifact;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Asks for objects with requests that are signed anew each time. For use by many threads. */
final class S3Requests {
    private final S3Settings settings;
    private final HttpGet http;
    private final Duration idle;
    private final ExecutorService signing = Executors.newVirtualThreadPerTaskExecutor();
    private @Nullable S3Signer signer;

    /**
     * @param idle how long the search for credentials may take
     */
    S3Requests(S3Settings settings, HttpGet http, Duration idle) {
        this.settings = settings;
        this.http = http;
        this.idle = idle;
    }

    /** As {@link HttpGet#get}. */
    HttpAnswer get(S3Place object, Map<String, String> headers) throws InterruptedException {
        // Elsewhere: what the SDK asks the machine's metadata service cannot be interrupted here.
        Future<S3Signer.Signed> signed = signing.submit(() -> signer().sign(object));
        try {
            var request = signed.get(idle.toNanos(), TimeUnit.NANOSECONDS);
            Map<String, String> all = new HashMap<>(headers);
            all.putAll(request.headers());
            return http.get(request.url(), all);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof S3Signer.UnusableException unusable) {
                return new HttpAnswer.NoCredentials(String.valueOf(unusable.getMessage()));
            }
            throw new IllegalStateException("signing a request for S3", e.getCause());
        } catch (TimeoutException e) {
            return new HttpAnswer.NoCredentials(
                    "no credentials of AWS were found within " + idle.toMillis() + " ms");
        } finally {
            signed.cancel(true);
        }
    }

    private synchronized S3Signer signer() throws S3Signer.UnusableException {
        if (signer == null) {
            signer = new S3Signer(settings);
        }
        return signer;
    }
}
