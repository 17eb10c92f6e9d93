package io.liteferry.cli.command;

import io.liteferry.core.options.Options;
import io.liteferry.core.postgres.PgConnections;

/** {@code --target}: a JDBC URL; user and password may stand in it or in LITEFERRY_CONNECTION_USERNAME and …_PASSWORD. */
final class TargetUrl {
    private TargetUrl() {}

    static PgConnections connections(String url) {
        Options environment = Options.defaults().withEnvironment(System.getenv());
        return PgConnections.of(environment.with(Options.CONNECTION_URL, url));
    }
}
