package io.liteferry.capture.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.capture.install.SourceFence;
import io.liteferry.capture.install.SourceInstaller;
import io.liteferry.capture.read.FuzzTables.Sql1;
import io.liteferry.capture.read.FuzzTables.Table;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.sqlite.SqliteFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The application may have any SQLite library from 3.7.2 on, one a process. With our triggers in the file it must still be
 * able to read the schema and to write, and what it writes must be captured by a reader of today.
 */
class OldLibrariesTest {
    private static final int SEEDS = 2;
    private static final int STATEMENTS = 600;
    private static final int FENCED_STATEMENTS = 100;

    @TempDir
    Path folder = Path.of("");

    @Test
    void theOldestLibraryWritesAndIsCaptured() throws Exception {
        writesAndIsCaptured("3.7.2");
    }

    @ParameterizedTest
    @Tag("long")
    @ValueSource(strings = {"3.8.11.2", "3.21.0.1", "3.34.0"})
    void everyOldLibraryWritesAndIsCaptured(String version) throws Exception {
        writesAndIsCaptured(version);
    }

    private void writesAndIsCaptured(String version) throws Exception {
        for (int seed = 0; seed < SEEDS; seed++) {
            Random r = new Random(seed);
            List<Table> tables = FuzzTables.GROUPS.stream()
                    .flatMap(List::stream)
                    .filter(t -> knownTo(version, t))
                    .toList();
            Path path = Files.createFile(folder.resolve("old" + seed + ".db"));
            Plan plan = FuzzRun.plan(path, tables, r);
            SqliteFile file = new SqliteFile(path);
            try (Connection c = file.openWriter();
                    Statement s = c.createStatement()) {
                s.execute("PRAGMA journal_mode = wal");
                s.execute("PRAGMA synchronous = off");
                for (Table t : tables) {
                    s.execute(t.ddl());
                    for (String index : t.indexes()) {
                        s.execute(index);
                    }
                }
                for (Table t : tables) {
                    for (String trigger : t.triggers()) {
                        s.execute(trigger);
                    }
                }
                new SourceInstaller(plan).install();
                Replica replica = new Replica(plan);
                try (BatchReader reader =
                        new BatchReader(plan, Clock.systemUTC(), StartPoint.claim(file, plan, Optional.empty()))) {
                    CaptureFuzzTest.drain(reader, replica);
                    // While our reader has the file open.
                    List<String> said = application(version, path, statements(r, tables, STATEMENTS));
                    assertThat(said.get(0)).isEqualTo(version.replaceAll("^(3\\.\\d+\\.\\d+).*", "$1"));
                    assertThat(said)
                            .hasSize(1 + STATEMENTS + 4)
                            .noneMatch(line -> line.contains("malformed") || line.contains("_liteferry"));
                    assertThat(said).filteredOn("ok"::equals).hasSizeGreaterThan(STATEMENTS / 4);
                    CaptureFuzzTest.drain(reader, replica);
                    if (seed == 0) {
                        fencedAndBack(version, file, statements(r, tables, FENCED_STATEMENTS), replica, c);
                        CaptureFuzzTest.drain(reader, replica);
                    }
                }
                assertThat(replica.differences(c)).as(version + " seed " + seed).isEmpty();
                try (ResultSet rs = s.executeQuery("SELECT count(DISTINCT tbl) FROM _liteferry_log WHERE tbl > 0")) {
                    assertThat(rs.getInt(1)).as("tables with logged writes").isGreaterThan(tables.size() / 2);
                }
            }
        }
    }

    /** The same statements are all refused under the fence, and are the application's again after it. */
    private void fencedAndBack(String version, SqliteFile file, List<String> statements, Replica replica, Connection c)
            throws Exception {
        try (SourceFence fence = SourceFence.hold(file, Duration.ofSeconds(5), List.of())) {
            fence.commit();
        }
        assertThat(application(version, file.path(), statements))
                .noneMatch(line -> line.contains("malformed") || line.contains("_liteferry"))
                .filteredOn(line -> line.contains("migration fence"))
                .hasSizeGreaterThan(FENCED_STATEMENTS / 4);
        assertThat(replica.differences(c)).isEmpty();
        try (SourceFence release = SourceFence.release(file, Duration.ofSeconds(5), Map.of())) {
            release.commit();
        }
        assertThat(application(version, file.path(), statements))
                .noneMatch(line -> line.contains("malformed") || line.contains("migration fence"));
    }

    /** What an older library cannot read in a schema is the application's own affair: it has no such table. */
    private static boolean knownTo(String version, Table t) {
        String[] parts = version.split("\\.", -1);
        int minor = Integer.parseInt(parts[1]);
        String all = (t.ddl() + t.indexes() + t.triggers()).toLowerCase(Locale.ROOT);
        return (minor >= 8
                        || !all.contains("without rowid") && !all.contains("references wr") && !all.contains(" where "))
                // 3.8.11.1 crashes on this table's several rows with RAISE(IGNORE), with our triggers and without.
                && (minor != 8 || !t.name().equals("ai"))
                && (minor >= 9 || !all.contains("lower("))
                && (minor >= 31 || !all.contains("generated always"))
                && (minor >= 37 || !all.contains("strict"));
    }

    private static List<String> statements(Random r, List<Table> tables, int count) {
        FuzzSource source = new FuzzSource(r, tables);
        List<String> statements = new ArrayList<>(List.of(
                "PRAGMA busy_timeout = 5000",
                "PRAGMA foreign_keys = " + r.nextInt(2),
                "PRAGMA recursive_triggers = " + r.nextInt(2),
                "SELECT count(*) FROM sqlite_master"));
        for (int i = 0; i < count; i++) {
            statements.add(written(source.next()));
        }
        return statements;
    }

    /** With its parameters as literals. */
    private static String written(FuzzSource.Write write) {
        StringBuilder sql = new StringBuilder();
        int next = 0;
        for (char ch : write.sql().toCharArray()) {
            if (ch == '?') {
                sql.append(literal(write.parameters().get(next++)));
            } else {
                sql.append(ch);
            }
        }
        return sql.toString();
    }

    private static String literal(@Nullable Object value) {
        if (value instanceof String text) {
            return "CAST(x'" + HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8)) + "' AS TEXT)";
        }
        if (value instanceof byte[] bytes) {
            return "x'" + HexFormat.of().formatHex(bytes) + "'";
        }
        boolean nan = value instanceof Double d && d.isNaN();
        // The smallest integer has no literal of its own.
        return nan
                ? "NULL"
                : value instanceof Sql1 s
                        ? s.sql()
                        : value instanceof Long l && l == Long.MIN_VALUE
                                ? "(-9223372036854775807 - 1)"
                                : String.valueOf(value);
    }

    private List<String> application(String version, Path database, List<String> statements) throws Exception {
        Path script = Files.write(folder.resolve(database.getFileName() + "." + version + ".sql"), statements);
        Path library = Path.of("target", "old-sqlite", "sqlite-jdbc-" + version + ".jar")
                .toAbsolutePath();
        assertThat(library).exists();
        Path classes = Path.of(OldApplication.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        Path log = folder.resolve("application.log");
        Process application = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xshare:auto",
                        "-XX:TieredStopAtLevel=1",
                        "-Djava.io.tmpdir=" + folder,
                        "-cp",
                        classes + System.getProperty("path.separator") + library,
                        OldApplication.class.getName(),
                        database.toString(),
                        script.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            assertThat(application.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(application.exitValue()).as(Files.readString(log)).isZero();
        } finally {
            application.destroyForcibly();
        }
        return Files.readAllLines(Path.of(script + ".out"));
    }
}
