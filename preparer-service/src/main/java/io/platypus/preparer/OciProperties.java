package io.platypus.preparer;

import java.util.Set;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The settings of registries.
 *
 * @param plainHttp registries, host:port as URLs name them, that speak HTTP without TLS
 */
@ConfigurationProperties("platypus.preparer.oci")
record OciProperties(@DefaultValue({}) Set<String> plainHttp) {}
