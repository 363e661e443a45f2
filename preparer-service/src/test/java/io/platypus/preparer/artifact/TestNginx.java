package io.platypus.preparer.artifact;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A real nginx that serves {@code www} below a directory, in every way that tests need. */
final class TestNginx implements AutoCloseable {
    private final Path home;
    private final ServerProcess server;

    private TestNginx(Path home, ServerProcess server) {
        this.home = home;
        this.server = server;
    }

    /** Speaks HTTP. */
    static TestNginx in(Path home) throws IOException {
        return start(home, port -> configuration(port, ""));
    }

    /** Speaks TLS only. */
    static TestNginx secure(Path home, TestCertificate certificate) throws Exception {
        Files.writeString(home.resolve("cert.pem"), certificate.pem());
        Files.writeString(home.resolve("key.pem"), certificate.keyPem());
        int plain = ServerProcess.freePort();
        return start(home, port -> configuration(plain, secure(port)));
    }

    private interface Configuration {
        String on(int port);
    }

    private static TestNginx start(Path home, Configuration configuration) throws IOException {
        Files.createDirectories(home.resolve("www"));
        Files.writeString(home.resolve("htpasswd"), "deploy:{PLAIN}pass word\n");
        String program = ServerProcess.program("PLATYPUS_NGINX", "nginx");
        var server =
                ServerProcess.start(
                        home,
                        Map.of(),
                        port -> {
                            Files.writeString(home.resolve("conf"), configuration.on(port));
                            return List.of(
                                    program,
                                    "-p",
                                    home + "/",
                                    "-c",
                                    "conf",
                                    "-e",
                                    "stderr",
                                    "-g",
                                    "daemon off;");
                        });
        return new TestNginx(home, server);
    }

    private static String configuration(int port, String more) {
        return """
        pid nginx.pid;
        error_log stderr notice;
        worker_processes 1;
        %1$s
        events { worker_connections 64; }
        http {
            access_log access.log;
            client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi;
            uwsgi_temp_path uwsgi; scgi_temp_path scgi;
            default_type application/octet-stream;
            server {
                listen 127.0.0.1:%2$d;
                root www;
                location /auth/ {
                    alias www/;
                    auth_basic artifacts;
                    auth_basic_user_file htpasswd;
                }
                location /slow/ { alias www/; limit_rate 200k; }
                location /gzip/ {
                    alias www/;
                    gzip on; gzip_types *; gzip_min_length 1; gzip_comp_level 1;
                }
                location /gzipped/ { alias www/; gzip_static always; }
                location /dated/ { alias www/; etag off; }
                location /whole/ { alias www/; max_ranges 0; }
                location /list/ { alias www/; autoindex on; }
                location /page/ { try_files $uri /index.html; }
                location ~ ^/page/.*(sha256|SHA256SUMS)$ { return 404; }
                location /pages/ { try_files $uri /index.html; }
                location /here/ { rewrite ^/here/(.*)$ /auth/$1 redirect; }
                location /away/ { rewrite ^/away/(.*)$ http://localhost:%2$d/auth/$1 redirect; }
                location /busy/ {
                    add_header Retry-After 7 always;
                    return 503;
                }
            }
            %3$s
        }
        """
                .formatted(user(), port, more);
    }

    private static String secure(int port) {
        return """
        server {
            listen 127.0.0.1:%d ssl;
            ssl_certificate cert.pem;
            ssl_certificate_key key.pem;
            root www;
        }
        """
                .formatted(port);
    }

    /** A directory of JUnit's is its owner's alone, and nginx would let root's workers go. */
    private static String user() {
        return System.getProperty("user.name").equals("root") ? "user root;" : "";
    }

    Path file(String name) {
        return home.resolve("www").resolve(name);
    }

    int port() {
        return server.port();
    }

    URI url(String path) {
        return URI.create("http://127.0.0.1:" + port() + path);
    }

    /** What was asked for, as nginx has it: a line each. */
    List<String> accesses() throws IOException {
        return Files.readAllLines(home.resolve("access.log"));
    }

    @Override
    public void close() {
        server.close();
    }
}
