package io.liteferry.core.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.core.postgres.PgConnections;
import io.liteferry.core.sqlite.SqliteFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreflightTest {
    @TempDir
    Path folder;

    @Test
    void findsWhatAMigrationMustKnowOfADatabase() {
        List<Finding> findings = check(
                "CREATE TABLE keyless(a)",
                "CREATE TABLE nullable(k TEXT PRIMARY KEY)",
                "INSERT INTO nullable VALUES (NULL)",
                "CREATE TABLE hidden(rowid, _rowid_, oid)",
                "CREATE TABLE child(id INTEGER PRIMARY KEY, p REFERENCES keyed(id))",
                "CREATE TABLE keyed(id INTEGER PRIMARY KEY)",
                "INSERT INTO child VALUES (1, 99)",
                "CREATE TRIGGER ignoring BEFORE INSERT ON keyed BEGIN SELECT RAISE ( Ignore ) WHERE NEW.id < 0; END",
                "CREATE VIRTUAL TABLE search USING fts5(body)",
                "CREATE VIEW broken AS SELECT * FROM nowhere");

        assertThat(findings)
                .extracting(f -> f.id() + " " + f.severity())
                .contains(
                        "SRC-JOURNAL-MODE warning",
                        "SRC-NO-ROW-HANDLE blocker",
                        "SRC-NO-PRIMARY-KEY info",
                        "SRC-NULL-KEY warning",
                        "SRC-ORPHANS warning",
                        "SRC-RAISE-IGNORE warning",
                        "SRC-LEFT-OUT info",
                        "SRC-VIEW-BROKEN warning",
                        "SRC-DISK-ESTIMATE info");
        assertThat(findings.get(0).severity()).isEqualTo(Finding.Severity.BLOCKER);
        assertThat(findings).allMatch(f -> !f.found().isEmpty() && !f.remedy().isEmpty());
    }

    @Test
    void hasNothingAgainstASoundDatabaseInWalMode() {
        List<Finding> findings = check("PRAGMA journal_mode = WAL", "CREATE TABLE t(id INTEGER PRIMARY KEY)");

        // Where the test's own folder stands is not the database's fault.
        assertThat(findings)
                .filteredOn(f -> !f.id().matches("SRC-(OVERLAY|VOLATILE|NETWORK)-FS|SRC-DISK-FREE"))
                .allMatch(f -> f.severity() == Finding.Severity.INFO);
        assertThat(Preflight.blocked(findings)).isFalse();
    }

    @Test
    void saysWhyAFileIsRefused() throws IOException {
        Files.createFile(folder.resolve("empty.db"));
        Files.writeString(folder.resolve("garbage.db"), "not a database ".repeat(100));

        assertThat(ids(folder.resolve("empty.db"))).contains("SRC-EMPTY");
        assertThat(ids(folder.resolve("garbage.db"))).contains("SRC-NOT-SQLITE");
        assertThat(ids(folder.resolve("missing.db"))).contains("SRC-READABLE");
        assertThat(ids(folder)).contains("SRC-READABLE");
    }

    @Test
    void everyFindingStandsInTheDocumentation() throws IOException {
        String page = Files.readString(Path.of("../docs/operate/check.md"));
        List<String> missing = new ArrayList<>();
        try (Stream<Path> sources = Files.list(Path.of("src/main/java/io/liteferry/core/preflight"))) {
            for (Path source : (Iterable<Path>) sources::iterator) {
                Matcher m = Pattern.compile("\"((?:SRC|TGT)-[A-Z-]+)\"").matcher(Files.readString(source));
                while (m.find()) {
                    if (!Pattern.compile("\\b" + m.group(1) + "\\b(?!-)")
                            .matcher(page)
                            .find()) {
                        missing.add(m.group(1));
                    }
                }
            }
        }
        assertThat(missing).isEmpty();
    }

    @Test
    void saysThatTheTargetDoesNotAnswer() {
        Path file = folder.resolve("app.db");
        List<Finding> findings = Preflight.check(
                new SqliteFile(file), Optional.of(new PgConnections("jdbc:postgresql://127.0.0.1:1/none", "", "")));

        assertThat(findings).extracting(Finding::id).contains("TGT-CONNECTION");
        assertThat(Preflight.blocked(findings)).isTrue();
    }

    private List<String> ids(Path file) {
        return Preflight.check(new SqliteFile(file), Optional.empty()).stream()
                .map(Finding::id)
                .toList();
    }

    private List<Finding> check(String... statements) {
        Path file = folder.resolve("app.db");
        try (Connection c = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement s = c.createStatement()) {
            for (String sql : statements) {
                s.execute(sql);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return Preflight.check(new SqliteFile(file), Optional.empty());
    }
}
