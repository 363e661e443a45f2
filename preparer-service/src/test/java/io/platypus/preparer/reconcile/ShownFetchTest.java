package io.platypus.preparer.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.platypus.intent.AppName;
import io.platypus.intent.Version;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class ShownFetchTest {
    private static final int MB = 1_000_000;

    private final Logger logger = (Logger) LoggerFactory.getLogger(ShownFetch.class);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final FetchProgress fetch =
            new FetchProgress(new SimpleMeterRegistry().counter("fetched"));
    private final ShownFetch shown = new ShownFetch(new AppName("slug"), new Version("1"), fetch);
    private final Driver.RecordedPass pass = new Driver.RecordedPass();

    @BeforeEach
    void listen() {
        lines.start();
        logger.addAppender(lines);
    }

    @AfterEach
    void stop() {
        logger.detachAppender(lines);
    }

    @Test
    void logsALineEveryFiveSeconds() {
        fetch.begun(OptionalLong.of(40 * MB));
        for (int halves = 0; halves <= 24; halves++) {
            shown.look(pass, halves * Duration.ofMillis(500).toNanos());
            fetch.received(MB);
        }

        assertThat(logged())
                .containsExactly(
                        "app=slug version=1 bytes=10000000 total=40000000 percent=25 rate=2000000 eta=15",
                        "app=slug version=1 bytes=20000000 total=40000000 percent=50 rate=2000000 eta=10");
        assertThat(pass.messages).hasSize(25);
        assertThat(pass.messages.peek()).isEqualTo("fetching 1: 0.0 of 40.0 MB (0 %), 0.0 MB/s");
    }

    @Test
    void logsNothingOfAShortOneHoweverLongItWaited() {
        for (int seconds = 0; seconds <= 60; seconds++) {
            shown.look(pass, Duration.ofSeconds(seconds).toNanos());
        }
        fetch.begun(OptionalLong.empty());
        for (int seconds = 61; seconds <= 65; seconds++) {
            shown.look(pass, Duration.ofSeconds(seconds).toNanos());
        }
        assertThat(logged()).isEmpty();

        shown.look(pass, Duration.ofSeconds(66).toNanos());
        assertThat(logged())
                .containsExactly("app=slug version=1 bytes=0 total=- percent=- rate=0 eta=-");
    }

    private List<String> logged() {
        return lines.list.stream()
                .map(event ->
                        event.getKeyValuePairs().stream()
                                .map(pair -> pair.key + "=" + pair.value)
                                .collect(Collectors.joining(" ")))
                .toList();
    }
}
