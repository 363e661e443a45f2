package io.platypus.intent;

import java.nio.file.Path;

/** Valid intent for one app on one node. */
public record AppIntent(AppName app, ClusterName cluster, ClusterConfig config, DeployConfig deploy)
        implements Intended {
    @Override
    public String name() {
        return app.value();
    }

    /** Where a version is installed: {@code <basedir>/installs/<app>_<version>}. */
    public Path install(Version version) {
        return deploy.basedir().resolve("installs").resolve(app + "_" + version);
    }
}
