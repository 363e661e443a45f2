package io.platypus.preparer.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.platypus.intent.AppName;
import io.platypus.intent.Artifact;
import io.platypus.intent.Version;
import java.net.URI;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RepositoryTest {
    @ParameterizedTest
    @CsvSource({
        "http://h,            http://h/slug/slug_1.tar.gz",
        "http://h/,           http://h/slug/slug_1.tar.gz",
        "https://h:8443/a/b,  https://h:8443/a/b/slug/slug_1.tar.gz",
        "https://h/a/b/,      https://h/a/b/slug/slug_1.tar.gz",
        "oci://r,             oci://r/slug:1",
        "oci://r:5000/a/b,    oci://r:5000/a/b/slug:1",
        "s3://bucket,         s3://bucket/slug/slug_1.tar.gz",
        "s3://bucket/a,       s3://bucket/a/slug/slug_1.tar.gz",
        "file:/srv/repo,      file:/srv/repo/slug/slug_1.tar.gz",
        "file:///srv/repo/,   file:///srv/repo/slug/slug_1.tar.gz",
    })
    void findsTheUsualPlace(String base, String expected) {
        URI located =
                new Repository(URI.create(base))
                        .locate(new AppName("slug"), new Version("1"), Artifact.USUAL);

        assertThat(located).isEqualTo(URI.create(expected));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "repo",
                "s3:bucket/",
                "s3://Bucket/",
                "s3://no_bucket/",
                "s3://bucket:1/",
                "s3://key@bucket/",
                "oci:registry",
                "oci://registry/UPPER",
                "ftp://h/",
                "file:repo",
                "http://h/?token=x",
                "http://h/#x",
                "file://host/srv",
                "jar:file:/a!/b",
                "http:a"
            })
    void refusesOtherRepositories(String base) {
        assertThatIllegalArgumentException().isThrownBy(() -> new Repository(URI.create(base)));
    }

    @ParameterizedTest
    @CsvSource({
        "file:/srv/repo, file:/srv/repo/x/y.tar.gz,         true",
        "file:/srv/repo, file:/srv/repo/../secret.tar.gz,   false",
        "file:/srv/repo, file:/srv/repo/%2e%2e/secret.tgz,  false",
        "file:/srv/repo, file:/srv/repository/x.tar.gz,     false",
        "file:/srv/repo, file:/root/backup.tar.gz,          false",
        "file:/srv/repo, file://host/srv/repo/x.tar.gz,     false",
        "file:/srv/repo, https://h/x.tar.gz,                true",
        "http://h/,      file:/srv/repo/x.tar.gz,           false",
        "http://h/,      http://other/x.tar.gz,             true",
        "http://h/,      http:///x.tar.gz,                  false",
        "http://h/,      ftp://h/x.tar.gz,                  false",
        "http://h/,      oci://r/a/slug:1.0,                true",
        "http://h/,      oci://r/a/slug,                    false",
        "http://h/,      oci://r/slug:1/x,                  false",
        "http://h/,      jar:file:/x!/y,                    false",
    })
    void letsIntentNameOnlyPlacesThatDevelopersMayRead(String base, String url, boolean allowed) {
        assertThat(new Repository(URI.create(base)).refusal(URI.create(url)).isEmpty())
                .isEqualTo(allowed);
    }

    @ParameterizedTest
    @CsvSource({
        "s3://ours/apps, s3://ours/apps/slug_1.tar.gz,       true",
        "s3://ours/apps, s3://shared/slug_1.tar.gz,          true",
        "s3://ours/apps, s3://ours/application/x.tar.gz,     false",
        "s3://ours/apps, s3://ours/apps/../x.tar.gz,         false",
        "s3://ours/apps, s3://ours/apps/%2e%2e/x.tar.gz,     false",
        "s3://ours/apps, s3://ours/apps/x.tar.gz?versionId=1,false",
        "s3://ours/apps, s3://theirs/x.tar.gz,               false",
        "s3://ours/apps, s3://theirs/apps/x.tar.gz,          false",
        "s3://ours/apps, s3://ours:1/apps/x.tar.gz,          false",
        "s3://ours/apps, s3:///apps/x.tar.gz,                false",
        "s3://ours/apps, http://h/x.tar.gz,                  true",
        "http://h/,      s3://shared/x.tar.gz,               true",
        "http://h/,      s3://ours/apps/x.tar.gz,            false",
        "file:/ours/,    s3://ours/apps/x.tar.gz,            false",
    })
    void letsIntentNameNoOtherBuckets(String base, String url, boolean allowed) {
        var repository =
                new Repository(
                        URI.create(base),
                        new UrlTemplate(UrlTemplate.DEFAULT_PATTERN, "", ""),
                        Set.of("shared"));

        assertThat(repository.refusal(URI.create(url)).isEmpty()).isEqualTo(allowed);
    }

    @Test
    void showsUrlsWithoutCredentialsAndQuery() {
        assertThat(Repository.shown(URI.create("https://user:pw@h:1/p/q?X-Signature=s#f")))
                .isEqualTo("https://h:1/p/q");
        assertThat(Repository.shown(URI.create("file:///srv/x"))).isEqualTo("file:/srv/x");
    }
}
