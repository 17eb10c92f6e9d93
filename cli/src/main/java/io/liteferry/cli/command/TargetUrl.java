package io.liteferry.cli.command;

import io.liteferry.core.options.Options;
import io.liteferry.core.postgres.PgConnections;

/** {@code --target}: a JDBC URL; user and password stand in it, in the options, or in LITEFERRY_CONNECTION_USERNAME and …_PASSWORD. */
final class TargetUrl {
    private TargetUrl() {}

    static PgConnections connections(String url, Options options) {
        return PgConnections.of(options.withEnvironment(System.getenv()).with(Options.CONNECTION_URL, url));
    }
}
