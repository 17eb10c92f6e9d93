package io.liteferry.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.liteferry.cli.Main;
import io.liteferry.cutover.backup.SourceBackup;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command with nothing but the SQLite files. */
class BackupCommandTest {
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
                s.execute("PRAGMA journal_mode = wal");
                s.execute("CREATE TABLE a(id INTEGER PRIMARY KEY, v)");
                s.execute("INSERT INTO a VALUES (1, 1), (2, 2)");
            }
        }
        config = folder.resolve("migration.yaml");
        assertThat(run("plan", folder.resolve("*.db").toString(), "--name", "tenants"))
                .as(err)
                .isZero();
        Files.writeString(config, out);
    }

    @Test
    void copiesTheFileOfEverySourceAndPrintsWhereItIs() throws Exception {
        assertThat(run("backup", "--config", config.toString(), "-o", "json"))
                .as(err)
                .isZero();
        JsonNode report = new ObjectMapper().readTree(out);
        assertThat(report.get("kind").asText()).isEqualTo("BackupReport");
        assertThat(report.get("backups")).hasSize(2).allSatisfy(b -> {
            assertThat(b.get("rows").get("a").asLong()).isEqualTo(2);
            SourceBackup copy = SourceBackup.verify(Path.of(b.get("file").asText()));
            assertThat(copy.sha256()).isEqualTo(b.get("sha256").asText());
            assertThat(copy.path()).startsWith(folder.resolve("liteferry-backups"));
        });
    }

    @Test
    void putsTheCopyWhereItIsTold() {
        Path to = folder.resolve("elsewhere");
        assertThat(run("backup", "--config", config.toString(), "--to", to.toString(), "--source", "bolt"))
                .as(err)
                .isZero();
        assertThat(out).contains(to.toString()).contains("SHA-256").contains("next: liteferry status");
        assertThat(to).isDirectoryRecursivelyContaining("glob:**/bolt.db.*.backup");
    }

    @Test
    void applyStopsBeforeItMakesAnythingWhereTheBackupFails() throws Exception {
        Path notAFolder = Files.writeString(folder.resolve("file"), "x");
        assertThat(run("apply", "--config", config.toString(), "--backup", notAFolder.toString()))
                .isEqualTo(1);
        assertThat(err).contains("LF-620");
        try (Connection c = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("acme.db"));
                Statement s = c.createStatement()) {
            assertThat(s.executeQuery("SELECT count(*) FROM sqlite_master").getInt(1))
                    .isEqualTo(1);
        }
    }

    private int run(String... args) {
        StringWriter o = new StringWriter();
        StringWriter e = new StringWriter();
        int code = Main.execute(new PrintWriter(o), new PrintWriter(e), args);
        out = o.toString();
        err = e.toString();
        return code;
    }
}
