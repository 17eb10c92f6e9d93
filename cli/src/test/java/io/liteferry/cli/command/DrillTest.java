package io.liteferry.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.core.options.Options;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.planning.Planner;
import io.liteferry.core.sqlite.SqliteFile;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Clock;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DrillTest {
    @TempDir
    Path folder;

    @Test
    void everythingIsDoneToACopyAndNothingLeadsBackToTheOriginal() throws Exception {
        Path source = folder.resolve("app.db");
        try (Connection c = DriverManager.getConnection("jdbc:sqlite:" + source);
                Statement s = c.createStatement()) {
            s.execute("PRAGMA journal_mode = WAL");
            s.execute("CREATE TABLE items(id INTEGER PRIMARY KEY, name TEXT)");
            s.execute("INSERT INTO items(name) VALUES ('one'), ('two')");
        }
        byte[] before = Files.readAllBytes(source);
        Options options = Options.of(Map.of(
                Options.DATABASE_FILE_PATH, source.toString(),
                Options.CONNECTION_URL, "jdbc:postgresql://production/app",
                Options.BOOTSTRAP_SERVERS, "production:9092"));
        Plan plan = new Planner(new SqliteFile(source), options).plan().plan();
        Path elsewhere = Files.createDirectory(folder.resolve("drill"));
        PrintWriter err = new PrintWriter(new StringWriter());

        Plan here;
        try (Stopping stopping = new Stopping()) {
            here = new Drill(plan.perSource().get(0), elsewhere, 1, err, Clock.systemUTC(), stopping).copied();
        }

        for (Plan copied : here.perSource()) {
            assertThat(copied.options().path(Options.DATABASE_FILE_PATH).startsWith(elsewhere))
                    .isTrue();
            assertThat(copied.options().optional(Options.CONNECTION_URL)).isEmpty();
            assertThat(copied.options().optional(Options.BOOTSTRAP_SERVERS)).isEmpty();
        }
        assertThat(Files.readAllBytes(source)).isEqualTo(before);
    }
}
