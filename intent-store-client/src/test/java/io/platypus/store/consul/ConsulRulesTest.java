package io.platypus.store.consul;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.platypus.intent.HealthCheck;
import io.platypus.intent.Probe;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConsulRulesTest {
    @Test
    void nextIndexFollowsConsulsRules() {
        assertThat(ConsulIntentStore.nextIndex(5, 9, true)).isEqualTo(9);
        assertThat(ConsulIntentStore.nextIndex(9, 9, false)).isEqualTo(9);
        assertThat(ConsulIntentStore.nextIndex(9, 5, true)).as("backwards").isZero();
        assertThat(ConsulIntentStore.nextIndex(9, 5, false)).as("backwards").isZero();
        assertThat(ConsulIntentStore.nextIndex(9, 9, true)).as("a stopping agent").isZero();
        assertThat(ConsulIntentStore.nextIndex(0, 0, true)).as("never below 1").isEqualTo(1);
        assertThat(ConsulIntentStore.nextIndex(0, 5, true)).isEqualTo(5);
    }

    @Test
    void bucketLetsABurstGoAndThenAPace() {
        long start = Long.MAX_VALUE - 10;
        TokenBucket bucket = new TokenBucket(3, Duration.ofSeconds(1), start);

        for (int i = 0; i < 3; i++) {
            assertThat(bucket.take(start)).isZero();
        }
        assertThat(bucket.take(start)).isEqualTo(Duration.ofSeconds(1));
        long later = start + Duration.ofSeconds(60).toNanos();
        for (int i = 0; i < 3; i++) {
            assertThat(bucket.take(later)).isZero();
        }
        assertThat(bucket.take(later)).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void encodesWhatWouldEndAPath() {
        assertThat(ConsulRequest.encode("a/b-._~Z9")).isEqualTo("a/b-._~Z9");
        assertThat(ConsulRequest.encode("a b?c#d%é")).isEqualTo("a%20b%3Fc%23d%25%C3%A9");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ftp://host",
                "http:///x",
                "http://user:secret@host",
                "http://h?token=secret",
                "http://h#secret",
                "host:8500",
                "/x"
            })
    void urlThatCouldHoldASecretIsRefusedWithoutShowingIt(String url) {
        assertThatThrownBy(() -> ConsulSettings.of(URI.create(url)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("secret");
    }

    @Test
    void slashAtTheEndOfTheUrlDoesNotMatter() {
        assertThat(ConsulSettings.of(URI.create("http://h:1/")).base()).isEqualTo("http://h:1");
        assertThat(ConsulSettings.of(URI.create("http://h:1/c/")).base()).isEqualTo("http://h:1/c");
    }

    @Test
    void checkIsTheSameAfterBeingWrittenAndRead() {
        for (Probe probe : List.of(new Probe.Http(8080, "/health?x=1"), new Probe.Tcp(80))) {
            HealthCheck check =
                    new HealthCheck(probe, Duration.ofMillis(1_500), Duration.ofSeconds(5), 3);
            assertThat(CheckText.parse(CheckText.render(check))).contains(check);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "http",
                "http PT1S PT1S 1 80",
                "tcp PT1S PT1S 1 80 x",
                "tcp PT1S x 1 80",
                "tcp PT1S PT1S 0 80",
                "tcp PT1S PT1S 1 99999",
                "exec PT1S PT1S 1 bin/check"
            })
    void textOfOthersIsNoCheck(String text) {
        assertThat(CheckText.parse(text)).isEmpty();
    }
}
