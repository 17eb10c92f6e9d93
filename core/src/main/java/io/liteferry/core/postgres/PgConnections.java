package io.liteferry.core.postgres;

import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.options.Options;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;

/**
 * Opens connections to the target's writer endpoint. Every time-out PostgreSQL and its driver leave at "for ever" is set:
 * a frozen owner of a row lock must not hold up its successor for ever.
 */
public record PgConnections(String url, String username, String password) {
    public static PgConnections of(Options options) {
        return new PgConnections(
                options.string(Options.CONNECTION_URL),
                options.string(Options.CONNECTION_USERNAME),
                options.string(Options.CONNECTION_PASSWORD));
    }

    /** @param application shown in pg_stat_activity: {@code liteferry-sink}, … */
    public Connection open(String application) {
        Properties p = new Properties();
        if (!username.isEmpty()) {
            p.setProperty("user", username);
        }
        if (!password.isEmpty()) {
            p.setProperty("password", password);
        }
        p.setProperty("ApplicationName", application);
        p.setProperty("connectTimeout", "10");
        p.setProperty("socketTimeout", "600");
        p.setProperty("tcpKeepAlive", "true");
        p.setProperty("reWriteBatchedInserts", "true");
        p.setProperty("stringtype", "unspecified");
        try {
            Connection c = DriverManager.getConnection(url, p);
            c.setAutoCommit(false);
            return c;
        } catch (SQLException e) {
            throw failure("Connecting to " + withoutSecrets(url), e);
        }
    }

    /** Translates PostgreSQL's error; {@code tried} says what was tried, on which object. */
    public static LiteferryException failure(String tried, SQLException e) {
        String state = String.valueOf(e.getSQLState());
        boolean connection = state.startsWith("08") || state.startsWith("57P0") || state.equals("null");
        boolean login = state.startsWith("28") || state.startsWith("3D");
        if (connection) {
            return new LiteferryException(
                    ErrorCode.TARGET_UNREACHABLE,
                    tried + ": " + e.getMessage() + ". Check connection.url and that PostgreSQL is up.",
                    e);
        }
        return new LiteferryException(
                ErrorCode.TARGET_REFUSED,
                tried + ": " + e.getMessage() + " (SQLSTATE " + state + ")."
                        + (login ? " Check connection.username, connection.password and the database's name." : ""),
                e);
    }

    private static String withoutSecrets(String url) {
        int parameters = url.indexOf('?');
        return parameters < 0 ? url : url.substring(0, parameters);
    }

    @Override
    public String toString() {
        return "PgConnections[" + withoutSecrets(url) + ", " + username + "]";
    }
}
