package io.liteferry.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.liteferry.cli.Main;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlanDiffTest {
    @TempDir
    Path folder;

    private Path source;
    private Path config;
    private StringWriter out = new StringWriter();
    private StringWriter err = new StringWriter();

    @BeforeEach
    void planOnce() throws Exception {
        source = folder.resolve("app.db");
        execute("CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT)");
        assertThat(run("plan", source.toString())).isZero();
        config = Files.writeString(folder.resolve("migration.yaml"), out.toString());
    }

    @Test
    void endsWithZeroWhereNothingDiffers() {
        assertThat(run("plan", "--diff", "--config", config.toString())).isZero();
        assertThat(out.toString()).contains("No difference");
    }

    @Test
    void endsWithFourAndATableWhereSomethingDiffers() throws Exception {
        execute("ALTER TABLE t ADD COLUMN b INTEGER");

        assertThat(run("plan", source.toString(), "--diff", "--config", config.toString()))
                .isEqualTo(4);
        assertThat(out.toString()).containsPattern("t +column b +bigint +-").contains("next: ");

        assertThat(run("plan", "--diff", "--config", config.toString(), "-o", "json"))
                .isEqualTo(4);
        JsonNode json = new ObjectMapper().readTree(out.toString());
        assertThat(json.path("apiVersion").asText()).isEqualTo("liteferry/v1");
        assertThat(json.path("kind").asText()).isEqualTo("PlanDiff");
        assertThat(json.path("differences").path(0).path("part").asText()).isEqualTo("column b");
        assertThat(json.path("differences").path(0).path("source_asks").asText())
                .isEqualTo("bigint");
        assertThat(json.path("next_steps")).isNotEmpty();
    }

    @Test
    void refusesADiffWithNothingToCompareWith() {
        assertThat(run("plan", source.toString(), "--diff")).isEqualTo(2);
        assertThat(run("plan", source.toString(), "--config", config.toString()))
                .isEqualTo(2);
        assertThat(run("plan", "--diff", "--target", "jdbc:postgresql://localhost/x"))
                .isEqualTo(2);
        assertThat(run("plan")).isEqualTo(2);
        assertThat(err.toString()).contains("FILE is missing");
    }

    private int run(String... args) {
        out = new StringWriter();
        err = new StringWriter();
        return Main.execute(new PrintWriter(out), new PrintWriter(err), args);
    }

    private void execute(String sql) throws Exception {
        try (Connection c = DriverManager.getConnection("jdbc:sqlite:" + source);
                Statement s = c.createStatement()) {
            s.execute(sql);
        }
    }
}
