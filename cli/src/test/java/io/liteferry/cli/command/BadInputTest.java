package io.liteferry.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.cli.Main;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a person types wrong, or gives that is no database: a code, what was found, what to do; nothing on standard output. */
class BadInputTest {
    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... args) {
        return Main.execute(new PrintWriter(out), new PrintWriter(err), args);
    }

    @ParameterizedTest
    @ValueSource(strings = {"plan", "check"})
    void saysThatTheFileIsMissing(String command) {
        assertThat(run(command, folder.resolve("none.db").toString())).isEqualTo(command.equals("check") ? 3 : 1);
        assertThat(out.toString() + err)
                .contains("none.db")
                .contains("no such file")
                .doesNotContain("\tat ");
    }

    @Test
    void saysThatTheFileIsNotADatabaseOrEncrypted() throws Exception {
        Path file = Files.writeString(folder.resolve("text.db"), "This is no database.\n".repeat(500));
        assertThat(run("plan", file.toString())).isEqualTo(1);
        assertThat(err.toString()).startsWith("LF-102").contains("encrypted").doesNotContain("\tat ");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void saysThatTheFileIsCorrupt() throws Exception {
        Path file = folder.resolve("broken.db");
        try (Connection c = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement s = c.createStatement()) {
            s.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, x TEXT)");
            s.execute("INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)"
                    + " SELECT i, hex(randomblob(50)) FROM n");
        }
        byte[] bytes = Files.readAllBytes(file);
        byte[] junk = "junk".repeat(2_000).getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(junk, 0, bytes, 40_960, junk.length);
        Files.write(file, bytes);
        assertThat(run("plan", file.toString())).isEqualTo(1);
        assertThat(err.toString()).contains("LF-103").contains("integrity_check");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void refusesADirectory() {
        assertThat(run("plan", folder.toString())).isEqualTo(1);
        assertThat(err.toString()).startsWith("LF-101").contains("not a regular file");
    }

    @Test
    void saysWhereTheMigrationFileIsWrong() throws Exception {
        Path file = Files.writeString(folder.resolve("m.yaml"), """
                apiVersion: liteferry/v1
                kind: Migration
                name: m
                options:
                  pol.interval.ms: 5
                tabels: {}
                """);
        for (String command : new String[] {"apply", "status", "uninstall"}) {
            assertThat(run(command, "--config", file.toString())).as(command).isEqualTo(2);
        }
        assertThat(err.toString())
                .contains("poll.interval.ms")
                .contains("tables")
                .contains("line 6");
    }

    @Test
    void anUnknownCommandOrOptionIsAUsageError() {
        assertThat(run("plann")).isEqualTo(2);
        assertThat(run("run", "everything", "--config", "x.yaml")).isEqualTo(2);
        assertThat(run()).isEqualTo(2);
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void everyCommandHasHelp() {
        assertThat(Stream.of(
                                "demo",
                                "check",
                                "plan",
                                "apply",
                                "run",
                                "status",
                                "repair",
                                "signal",
                                "schema-window",
                                "uninstall")
                        .map(c -> run(c, "--help")))
                .containsOnly(0);
        assertThat(err.toString()).isEmpty();
    }
}
