package io.liteferry.core.preflight;

import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.sqlite.SourceTable;
import io.liteferry.core.sqlite.Sql;
import io.liteferry.core.sqlite.SqliteCatalog;
import io.liteferry.core.sqlite.SqliteFile;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What SQLite itself says of the database: whole, in which mode, with keys, without orphans. */
final class DatabaseChecks {
    private static final long SECONDS_A_CHECK = 5;
    private static final Pattern ENDS_EARLY =
            Pattern.compile("raise\\s*\\(\\s*(ignore|fail)\\b", Pattern.CASE_INSENSITIVE);

    private final SqliteFile file;
    private final List<Finding> findings;

    DatabaseChecks(SqliteFile file, List<Finding> findings) {
        this.file = file;
        this.findings = findings;
    }

    void check() {
        try (Connection connection = file.openReadOnly()) {
            SqliteCatalog catalog = new SqliteCatalog(connection);
            List<SourceTable> tables = catalog.tables();
            if (tables.isEmpty()) {
                findings.add(Finding.blocker("SRC-EMPTY", path(), "has no tables", "There is nothing to migrate"));
            }
            whole(connection);
            journalMode(connection);
            sizes(connection);
            leftOut(catalog);
            litestream(tables);
            for (SourceTable table : tables) {
                keys(connection, table);
            }
            orphans(connection);
            schema(connection);
        } catch (SQLException e) {
            refused(file.failure("Checking " + file.path(), e));
        } catch (LiteferryException e) {
            refused(e);
        }
    }

    private void refused(LiteferryException e) {
        if (e.code() == ErrorCode.SOURCE_NOT_SQLITE && FirstBytes.lookEncrypted(file.path())) {
            findings.add(Finding.blocker(
                    "SRC-ENCRYPTED",
                    path(),
                    "looks encrypted (SQLCipher, SEE): no header, whole pages of random bytes",
                    "Give a plain copy, for instance by sqlcipher_export into an ATTACHed database with an empty key"));
            return;
        }
        String id = switch (e.code()) {
            case SOURCE_NOT_SQLITE -> "SRC-NOT-SQLITE";
            case SOURCE_CORRUPT -> "SRC-CORRUPT";
            case SOURCE_BUSY -> "SRC-LOCKED";
            default -> "SRC-READABLE";
        };
        String remedy = e.code() == ErrorCode.SOURCE_BUSY
                ? "See who holds it; with locking_mode=EXCLUSIVE nobody else can ever read, so the application must leave it"
                : "See the message; nothing was written";
        findings.add(Finding.blocker(id, path(), String.valueOf(e.getMessage()), remedy));
    }

    private String path() {
        return file.path().toString();
    }

    private void whole(Connection connection) throws SQLException {
        List<String> problems = new ArrayList<>();
        boolean finished = BoundedQuery.finished(
                connection,
                "PRAGMA main.quick_check(10)",
                SECONDS_A_CHECK,
                row -> problems.addAll(row.getString(1).lines().toList()));
        problems.remove("ok");
        if (!problems.isEmpty()) {
            findings.add(Finding.blocker(
                    "SRC-CORRUPT",
                    path(),
                    "PRAGMA quick_check: " + String.join("; ", problems.subList(0, Math.min(5, problems.size()))),
                    "Restore it or recover it (.recover) before a migration"));
        } else if (!finished) {
            findings.add(Finding.info(
                    "SRC-CHECK-UNFINISHED",
                    path(),
                    "PRAGMA quick_check found nothing in " + SECONDS_A_CHECK + " s and was then ended",
                    "Run it to its end on a copy (VACUUM INTO)"));
        }
    }

    private void journalMode(Connection connection) throws SQLException {
        String mode = text(connection, "PRAGMA main.journal_mode");
        if (!mode.equals("wal")) {
            findings.add(Finding.warning(
                    "SRC-JOURNAL-MODE",
                    path(),
                    "journal mode is " + mode + ": every reader makes the application's commits wait",
                    "Let the application switch once with PRAGMA journal_mode=WAL; it is never switched by us"));
        }
        String encoding = text(connection, "PRAGMA encoding");
        if (!encoding.equals("UTF-8")) {
            findings.add(Finding.info(
                    "SRC-ENCODING", path(), "text is stored as " + encoding, "Nothing to do; it is read as UTF-8"));
        }
        findings.add(Finding.info(
                "SRC-SQLITE-VERSION",
                path(),
                "read with SQLite " + text(connection, "SELECT sqlite_version()")
                        + "; which version the application uses cannot be seen from here",
                "Below 3.51.3 a bug of two connections that checkpoint at once can corrupt a WAL database; we never"
                        + " checkpoint, other programs may"));
    }

    private void sizes(Connection connection) throws SQLException {
        long pageSize = Long.parseLong(text(connection, "PRAGMA main.page_size"));
        long pages = Long.parseLong(text(connection, "PRAGMA main.page_count"));
        long free = Long.parseLong(text(connection, "PRAGMA main.freelist_count"));
        long data = (pages - free) * pageSize;
        findings.add(Finding.info(
                "SRC-DISK-ESTIMATE",
                path(),
                mebibytes(pages * pageSize) + " in " + pages + " pages, " + mebibytes(data) + " in use",
                "Have free: beside the file 26 bytes a change for the log and 64 MiB for the WAL; in Kafka about "
                        + mebibytes(data) + " for the first load (bytes in use, times replicas); in PostgreSQL about "
                        + mebibytes(2 * data) + " (twice the bytes in use: rows, indexes, WAL)"));
    }

    private static String mebibytes(long bytes) {
        return Math.max(1, bytes >> 20) + " MiB";
    }

    private void leftOut(SqliteCatalog catalog) throws SQLException {
        Set<String> names = catalog.leftOut().keySet();
        if (!names.isEmpty()) {
            findings.add(Finding.info(
                    "SRC-LEFT-OUT",
                    path(),
                    names.size() + " views, virtual tables and their shadow tables cannot be captured: "
                            + String.join(", ", names),
                    "Make their counterparts on PostgreSQL by hand"));
        }
    }

    private void litestream(List<SourceTable> tables) {
        if (tables.stream().anyMatch(t -> t.name().startsWith("_litestream_"))) {
            findings.add(HolderChecks.litestream(file.path(), "its tables (_litestream_…) are in the database"));
        }
    }

    private void keys(Connection connection, SourceTable table) throws SQLException {
        if (table.rowidName().isEmpty() && table.primaryKey().isEmpty()) {
            findings.add(Finding.blocker(
                    "SRC-NO-ROW-HANDLE",
                    table.name(),
                    "has no primary key, and columns hide all three names of its rowid",
                    "Rename one of the columns, or give the table a primary key"));
        } else if (table.primaryKey().isEmpty()) {
            findings.add(Finding.info(
                    "SRC-NO-PRIMARY-KEY",
                    table.name(),
                    "has no primary key; a unique index over NOT NULL columns or the rowid stands in",
                    "After a VACUUM a table carried by rowid is snapshotted again"));
        } else if (table.rowidAlias().isEmpty() && !table.withoutRowid()) {
            nullKeys(connection, table);
        }
    }

    private void nullKeys(Connection connection, SourceTable table) throws SQLException {
        String anyNull = table.primaryKey().stream()
                .map(c -> Sql.name(c.name()) + " IS NULL")
                .collect(Collectors.joining(" OR "));
        long[] nulls = new long[1];
        boolean finished = BoundedQuery.finished(
                connection,
                "SELECT count(*) FROM main." + Sql.name(table.name()) + " WHERE " + anyNull,
                SECONDS_A_CHECK,
                row -> nulls[0] = row.getLong(1));
        if (nulls[0] > 0) {
            findings.add(Finding.warning(
                    "SRC-NULL-KEY",
                    table.name(),
                    nulls[0] + " rows have NULL in the primary key, which identifies no row",
                    "The table is carried by another key; correct the rows to keep its own"));
        } else if (!finished) {
            findings.add(Finding.info(
                    "SRC-CHECK-UNFINISHED",
                    table.name(),
                    "looking for NULL in its key was ended after " + SECONDS_A_CHECK + " s",
                    "liteferry plan reads every row and says it"));
        }
    }

    private void orphans(Connection connection) throws SQLException {
        Map<String, Long> orphans = new TreeMap<>();
        try {
            boolean finished = BoundedQuery.finished(
                    connection,
                    "PRAGMA main.foreign_key_check",
                    SECONDS_A_CHECK,
                    row -> orphans.merge(row.getString(1) + " → " + row.getString(3), 1L, Long::sum));
            String counted = finished ? "" : " at least, the count was ended after " + SECONDS_A_CHECK + " s";
            orphans.forEach((key, rows) -> findings.add(Finding.warning(
                    "SRC-ORPHANS",
                    key,
                    rows + " rows refer to a row that is not there" + counted,
                    "They are carried; the foreign key can be made once they are corrected")));
        } catch (SQLException e) {
            findings.add(Finding.warning(
                    "SRC-FOREIGN-KEYS",
                    path(),
                    "PRAGMA foreign_key_check: " + e.getMessage(),
                    "A foreign key names a table or columns that do not fit; see the plan's findings"));
        }
    }

    private void schema(Connection connection) throws SQLException {
        List<String> views = new ArrayList<>();
        try (Statement s = connection.createStatement();
                ResultSet rs = s.executeQuery("SELECT type, name, coalesce(sql, '') FROM main.sqlite_master"
                        + " WHERE type IN ('trigger', 'view') ORDER BY name")) {
            while (rs.next()) {
                String name = rs.getString(2);
                if (rs.getString(1).equals("view")) {
                    views.add(name);
                } else if (!name.startsWith(SqliteCatalog.OWN_PREFIX)
                        && ENDS_EARLY.matcher(rs.getString(3)).find()) {
                    findings.add(
                            Finding.warning(
                                    "SRC-RAISE-IGNORE",
                                    name,
                                    "the trigger calls RAISE(IGNORE) or RAISE(FAIL), which can keep a row and end its other triggers",
                                    "Ours are made last, so that they fire first; make no such trigger while the migration runs"));
                }
            }
        }
        for (String view : views) {
            try (Statement s = connection.createStatement();
                    ResultSet row = s.executeQuery("SELECT 1 FROM main." + Sql.name(view) + " LIMIT 0")) {
                row.next();
            } catch (SQLException e) {
                findings.add(Finding.warning(
                        "SRC-VIEW-BROKEN",
                        view,
                        "cannot be read: " + e.getMessage(),
                        "Drop or correct it: ALTER TABLE fails in the application while any view is broken, unless"
                                + " it uses functions that only the application has"));
            }
        }
    }

    private static String text(Connection connection, String sql) throws SQLException {
        try (Statement s = connection.createStatement();
                ResultSet rs = s.executeQuery(sql)) {
            return rs.next() ? String.valueOf(rs.getString(1)) : "";
        }
    }
}
