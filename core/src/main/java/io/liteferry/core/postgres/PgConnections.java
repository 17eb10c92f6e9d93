package io.liteferry.core.postgres;

import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.options.Options;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.postgresql.PGConnection;

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

    /** The same with one more parameter of the driver, {@code name=value}. */
    public PgConnections with(String parameter) {
        return new PgConnections(url + (url.contains("?") ? "&" : "?") + parameter, username, password);
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
            if (isPooled(c)) {
                // The next transaction may run in another session, which has none of the statements prepared here.
                c.unwrap(PGConnection.class).setPrepareThreshold(0);
            }
            c.setAutoCommit(false);
            return c;
        } catch (SQLException e) {
            throw failure("Connecting to " + withoutSecrets(url), withoutUrl(e));
        }
    }

    /** What is done with a connection before it is used. */
    public interface Preparation<T> {
        T run(Connection c) throws SQLException;
    }

    /**
     * A connection with what is prepared on it; closed again where that fails.
     *
     * @param tried what the preparation is for, where PostgreSQL refuses it
     */
    public <T> T open(String application, String tried, Preparation<T> preparation) {
        Connection c = open(application);
        try {
            return preparation.run(c);
        } catch (SQLException e) {
            throw closing(c, failure(tried, e));
        } catch (RuntimeException e) {
            throw closing(c, e);
        }
    }

    /** Closes a connection that is of no use after a failure. */
    public static RuntimeException closing(Connection c, RuntimeException failure) {
        try {
            c.close();
        } catch (SQLException e) {
            failure.addSuppressed(e);
        }
        return failure;
    }

    /**
     * True where a pooler stands between, as pgbouncer does: then the process that serves us is another than the one that
     * answered when the connection was made. Nothing may be left in a session there but for the transaction.
     */
    public static boolean isPooled(Connection c) throws SQLException {
        try (Statement s = c.createStatement();
                ResultSet r = s.executeQuery("SELECT pg_backend_pid()")) {
            r.next();
            return r.getInt(1) != c.unwrap(PGConnection.class).getBackendPID();
        }
    }

    /**
     * For work that needs a session of its own: a lock or a setting that outlives a transaction.
     *
     * @throws LiteferryException {@link ErrorCode#TARGET_POOLED}
     */
    void demandDirect(String tried) {
        try (Connection c = open("liteferry-direct")) {
            demandDirect(c, tried);
        } catch (SQLException e) {
            throw failure(tried, e);
        }
    }

    /**
     * The same of a connection that is open.
     *
     * @throws LiteferryException {@link ErrorCode#TARGET_POOLED}
     */
    public void demandDirect(Connection c, String tried) throws SQLException {
        if (isPooled(c)) {
            throw new LiteferryException(
                    ErrorCode.TARGET_POOLED,
                    tried + ": " + withoutSecrets(url) + " leads through a pooler, and this needs a session of its"
                            + " own. Give the server's own address: connection.url in the migration file, or"
                            + " LITEFERRY_CONNECTION_URL for this command. The sink may go through the pooler.");
        }
    }

    /** The driver quotes a URL that it cannot read, passwords included. */
    private SQLException withoutUrl(SQLException e) {
        String message = String.valueOf(e.getMessage());
        return message.contains(url) ? new SQLException(message.replace(url, withoutSecrets(url)), e.getSQLState()) : e;
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

    /** The address, for people: without parameters, where a password could stand. */
    public String shown() {
        return withoutSecrets(url);
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
