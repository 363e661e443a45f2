package io.platypus.preparer.artifact;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A response's body as a stream whose reads fail when nothing has arrived for some time. The JDK's
 * own has no such limit, and a limit on the whole would end long downloads that are going well. At
 * most {@value #WINDOW} chunks, of 16 KiB each, wait to be read.
 */
final class IdleLimitedBody extends InputStream
        implements HttpResponse.BodySubscriber<InputStream> {
    private static final int WINDOW = 16;

    private sealed interface Arrival {}

    private record Chunk(List<ByteBuffer> buffers) implements Arrival {}

    private record End(Optional<Throwable> failure) implements Arrival {}

    private final Duration idle;
    // Room for the window and the end, so that the client's threads never wait here.
    private final BlockingQueue<Arrival> arrivals = new ArrayBlockingQueue<>(WINDOW + 2);
    private final CompletableFuture<Flow.Subscription> subscribed = new CompletableFuture<>();
    private Iterator<ByteBuffer> chunk = List.<ByteBuffer>of().iterator();
    private ByteBuffer buffer = ByteBuffer.allocate(0);
    private @Nullable End end;

    IdleLimitedBody(Duration idle) {
        this.idle = idle;
    }

    /** How long nothing may arrive. */
    Duration idle() {
        return idle;
    }

    @Override
    public CompletionStage<InputStream> getBody() {
        return CompletableFuture.completedStage(this);
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        if (subscribed.complete(subscription)) {
            subscription.request(WINDOW);
        } else {
            subscription.cancel();
        }
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        arrivals.add(new Chunk(buffers));
    }

    /** May be called once more: the first end counts. */
    @Override
    public void onError(Throwable failure) {
        var _ = arrivals.offer(new End(Optional.of(failure)));
    }

    @Override
    public void onComplete() {
        var _ = arrivals.offer(new End(Optional.empty()));
    }

    @Override
    public int read() throws IOException {
        return fill() ? buffer.get() & 0xff : -1;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, into.length);
        if (length == 0) {
            return 0;
        }
        if (!fill()) {
            return -1;
        }
        int count = Math.min(length, buffer.remaining());
        buffer.get(into, offset, count);
        return count;
    }

    /** Lets go of the connection; what was not read is not received. */
    @Override
    public void close() {
        var _ = subscribed.thenAccept(Flow.Subscription::cancel);
        subscribed.cancel(false);
    }

    private boolean fill() throws IOException {
        while (!buffer.hasRemaining()) {
            if (chunk.hasNext()) {
                buffer = chunk.next();
            } else if (!awaitChunk()) {
                return false;
            }
        }
        return true;
    }

    private boolean awaitChunk() throws IOException {
        if (end == null) {
            switch (await()) {
                case Chunk arrived -> {
                    chunk = arrived.buffers().iterator();
                    subscribed.join().request(1);
                    return true;
                }
                case End arrived -> end = arrived;
            }
        }
        if (end.failure().isPresent()) {
            throw new IOException(String.valueOf(end.failure().get()), end.failure().get());
        }
        return false;
    }

    private Arrival await() throws IOException {
        try {
            Arrival arrival = arrivals.poll(idle.toNanos(), TimeUnit.NANOSECONDS);
            if (arrival == null) {
                throw new HttpTimeoutException("nothing arrived for " + idle.toMillis() + " ms");
            }
            return arrival;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while receiving");
        }
    }
}
