package io.liteferry.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.liteferry.capture.install.SourceInstaller;
import io.liteferry.cli.Main;
import io.liteferry.core.plan.PlanFile;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command with nothing but the SQLite files: neither Kafka nor PostgreSQL is there. */
class SchemaWindowCommandTest {
    @TempDir
    Path folder;

    private Path config;
    private String out = "";
    private String err = "";

    @BeforeEach
    void twoTenants() throws Exception {
        for (String tenant : List.of("acme", "bolt")) {
            try (Connection c = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve(tenant + ".db"));
                    Statement s = c.createStatement()) {
                s.execute("CREATE TABLE a(id INTEGER PRIMARY KEY, v)");
                s.execute("CREATE TABLE b(id INTEGER PRIMARY KEY, v)");
                s.execute("INSERT INTO a VALUES (1, 1)");
            }
        }
        config = folder.resolve("migration.yaml");
        assertThat(run("plan", folder.resolve("*.db").toString(), "--name", "tenants"))
                .as(err)
                .isZero();
        Files.writeString(config, out);
    }

    @Test
    void opensAndClosesTheTablesOfEverySource() {
        install();
        assertThat(window("open")).as(err).isZero();
        assertThat(out)
                .containsPattern("acme +a +opened +2")
                .containsPattern("bolt +b +opened +2")
                .contains("next: liteferry schema-window close --config " + config);
        assertThat(window("open", "--source", "bolt", "--table", "b")).isZero();
        assertThat(out).containsPattern("bolt +b +open already +2").doesNotContain("acme");
        assertThat(window("close", "--source", "bolt")).isZero();
        assertThat(out).containsPattern("bolt +a +closed").contains("snapshotted again");
        assertThat(window("close")).isZero();
        assertThat(out).containsPattern("acme +a +closed").containsPattern("bolt +a +not open");
        assertThat(window("close")).isZero();
        assertThat(out).contains("No window was open; nothing was changed.");
    }

    @Test
    void saysWhichTableHasNoTriggersYet() throws Exception {
        install();
        window("open", "--source", "acme");
        try (Connection c = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("acme.db"));
                Statement s = c.createStatement()) {
            s.execute("ALTER TABLE a RENAME TO renamed");
        }
        assertThat(window("close", "--source", "acme")).isZero();
        assertThat(out).contains("acme a has no triggers yet: the source has no such table now");
        assertThat(window("close", "--source", "acme")).isZero();
    }

    @Test
    void doesTheOtherSourcesWhereOneFails() throws Exception {
        install();
        Files.delete(folder.resolve("acme.db"));
        assertThat(window("open", "--table", "a", "-o", "json")).isEqualTo(1);
        JsonNode report = new ObjectMapper().readTree(out);
        assertThat(report.path("apiVersion").asText()).isEqualTo("liteferry/v1");
        assertThat(report.path("action").asText()).isEqualTo("open");
        assertThat(report.path("tables")).singleElement().satisfies(t -> {
            assertThat(t.path("source").asText()).isEqualTo("bolt");
            assertThat(t.path("table").asText()).isEqualTo("a");
            assertThat(t.path("state").asText()).isEqualTo("opened");
            assertThat(t.path("since").asText()).endsWith("Z");
        });
        assertThat(report.path("failed").path("acme").asText()).contains("LF-101");
        assertThat(report.path("next_steps").get(0).asText()).contains("schema-window close");
    }

    @Test
    void refusesWhatItDoesNotKnow() {
        assertThat(window("open", "--table", "nowhere")).isEqualTo(2);
        assertThat(err).contains("the plan has no table nowhere");
        assertThat(window("ajar")).isEqualTo(2);
        assertThat(window("open", "--source", "nobody")).isEqualTo(2);
        assertThat(window("open")).isEqualTo(1);
        assertThat(err).contains("LF-201").contains("liteferry apply");
        assertThat(out).isEmpty();
    }

    private void install() {
        PlanFile.read(config).perSource().forEach(source -> new SourceInstaller(source).install());
    }

    private int window(String... args) {
        List<String> all = new ArrayList<>(List.of("schema-window"));
        all.addAll(List.of(args));
        all.addAll(List.of("--config", config.toString()));
        return run(all.toArray(String[]::new));
    }

    private int run(String... args) {
        StringWriter o = new StringWriter();
        StringWriter e = new StringWriter();
        int exit = Main.execute(new PrintWriter(o), new PrintWriter(e), args);
        out = o.toString();
        err = e.toString();
        return exit;
    }
}
