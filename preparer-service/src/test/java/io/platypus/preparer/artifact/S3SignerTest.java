package io.platypus.preparer.artifact;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class S3SignerTest {
    @BeforeEach
    void start() {
        System.setProperty("aws.accessKeyId", "key");
        System.setProperty("aws.secretAccessKey", "s3cr3t");
    }

    @AfterEach
    void stop() {
        System.clearProperty("aws.accessKeyId");
        System.clearProperty("aws.secretAccessKey");
    }

    @ParameterizedTest
    @CsvSource({
        "'',            eu-west-1,  '',    https://b-1.s3.eu-west-1.amazonaws.com/x/y",
        "'',            eu-west-1,  true,  https://s3.eu-west-1.amazonaws.com/b-1/x/y",
        "'',            cn-north-1, '',    https://b-1.s3.cn-north-1.amazonaws.com.cn/x/y",
        "http://h:9000, '',         '',    http://h:9000/b-1/x/y",
        "http://h:9000, garage,     '',    http://h:9000/b-1/x/y",
        "http://h:9000, '',         false, http://b-1.h:9000/x/y",
    })
    void findsTheServer(String endpoint, String region, String pathStyle, String expected)
            throws Exception {
        var settings =
                new S3Settings(
                        given(endpoint).map(URI::create),
                        given(region),
                        given(pathStyle).map(Boolean::valueOf));

        var signed = new S3Signer(settings).sign(new S3Place("b-1", "x/y"));

        assertThat(signed.url().toString()).startsWith(expected + "?").doesNotContain("s3cr3t");
        assertThat(signed.headers()).doesNotContainKey("host");
    }

    private static Optional<String> given(String value) {
        return Optional.of(value).filter(some -> !some.isEmpty());
    }
}
