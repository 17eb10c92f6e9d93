package io.liteferry.sink.schema;

import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.options.Options;
import io.liteferry.core.postgres.PgConnections;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * A file of SQL that the migration file names, to be run on the target as a whole, inside a transaction of ours. PostgreSQL
 * itself takes it apart.
 *
 * @param option that names it
 */
public record SqlFile(String option, Path path, String sql) {
    /** The driver option of a connection that can run files: then several statements are one message. */
    public static final String DRIVER_OPTION = "preferQueryMode=simple";

    /**
     * Reads all files that an option names, in its order.
     *
     * @throws LiteferryException {@link ErrorCode#OPTION_INVALID} where one cannot be read
     */
    public static List<SqlFile> of(Options options, String option) {
        List<SqlFile> files = new ArrayList<>();
        for (String name : options.list(option)) {
            Path path = Path.of(name);
            try {
                files.add(new SqlFile(option, path, Files.readString(path)));
            } catch (IOException e) {
                throw new LiteferryException(
                        ErrorCode.OPTION_INVALID,
                        "Reading file " + path + " of " + option + ": " + e
                                + ". It is to be UTF-8, and readable here; its path counts from the folder of the migration"
                                + " file.",
                        e);
            }
        }
        return files;
    }

    /**
     * Runs it in the caller's transaction.
     *
     * @throws LiteferryException {@link ErrorCode#TARGET_REFUSED} where a statement fails, with its line, or where the file ends
     *     the transaction: what stands before that is committed then, and nothing else
     */
    public void run(Connection c) throws SQLException {
        String before = transaction(c);
        try (Statement s = c.createStatement()) {
            s.setEscapeProcessing(false);
            s.execute(sql);
        } catch (SQLException e) {
            throw new LiteferryException(
                    ErrorCode.TARGET_REFUSED,
                    "Running " + option + ", " + path.getFileName() + where(e) + ": " + e.getMessage() + " (SQLSTATE "
                            + e.getSQLState()
                            + "). Nothing of it was done. Correct the file; it is plain SQL, without the"
                            + " commands of psql, and without what refuses to run in a transaction.",
                    e);
        }
        if (!transaction(c).equals(before)) {
            throw new LiteferryException(
                    ErrorCode.TARGET_REFUSED,
                    "Running " + option + ", " + path.getFileName()
                            + ": it ends the transaction that it runs in. What stands before its COMMIT or ROLLBACK may have"
                            + " been done, nothing else was. Take these statements out of the file.");
        }
    }

    private static String transaction(Connection c) throws SQLException {
        try (Statement s = c.createStatement();
                ResultSet r = s.executeQuery("SELECT pg_current_xact_id()::text")) {
            r.next();
            return r.getString(1);
        }
    }

    /** The line that PostgreSQL's position stands in. */
    private String where(SQLException e) {
        ServerErrorMessage message = e instanceof PSQLException p ? p.getServerErrorMessage() : null;
        if (message == null || message.getPosition() <= 0) {
            return "";
        }
        int at = Math.min(message.getPosition(), sql.codePointCount(0, sql.length()));
        return ", line "
                + (1 + sql.codePoints().limit(at - 1L).filter(p -> p == '\n').count());
    }

    /** Names the contents: a file that was changed is another one. */
    byte[] sha256() {
        try {
            return MessageDigest.getInstance("SHA-256").digest(sql.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** Connections that can run files. */
    public static PgConnections connections(PgConnections given) {
        return given.with(DRIVER_OPTION);
    }
}
