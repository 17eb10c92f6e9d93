package io.liteferry.cli.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.liteferry.cli.independent.IndependentComparison;
import io.liteferry.embedded.SharedServers;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChinookTest {
    @TempDir
    Path folder;

    @Test
    void endsReadyAndAnIndependentComparisonAgrees() throws Exception {
        MigrationFixture chinook = MigrationFixture.chinook(folder);
        String target = SharedServers.newDatabase();
        List<String> schema = schema(chinook.source());
        chinook.makePlanFor(SharedServers.kafka(), target);

        MigrationFixture.Ended run = chinook.runUntilReady();

        assertThat(run.exit()).as(run.out() + run.err()).isZero();
        JsonNode report = run.json();
        assertThat(report.path("apiVersion").asText()).isEqualTo("liteferry/v1");
        assertThat(report.path("kind").asText()).isEqualTo("RunReport");
        assertThat(report.path("verdict").asText()).isEqualTo("READY");
        assertThat(report.path("reasons")).isEmpty();
        assertThat(report.path("tables")).hasSize(11);
        for (JsonNode table : report.path("tables")) {
            assertThat(table.path("verified_rows").asLong())
                    .as(table.toString())
                    .isEqualTo(table.path("source_rows").asLong())
                    .isEqualTo(table.path("target_rows").asLong());
            assertThat(table.path("mismatched_rows").asLong()).isZero();
        }
        List<String> differences = IndependentComparison.compare(chinook.source(), target, "public");
        assertThat(differences).isEmpty();

        assertThat(schema(chinook.source())).isNotEqualTo(schema);
        assertThat(chinook.command("uninstall", "--config", chinook.config().toString())
                        .exit())
                .isZero();
        assertThat(schema(chinook.source())).isEqualTo(schema);
    }

    private static List<String> schema(Path source) throws Exception {
        List<String> texts = new ArrayList<>();
        try (Connection c = DriverManager.getConnection("jdbc:sqlite:" + source);
                Statement s = c.createStatement();
                ResultSet rs =
                        s.executeQuery("SELECT type || ' ' || name || ' ' || tbl_name || ' ' || coalesce(sql, '')"
                                + " FROM sqlite_master ORDER BY 1")) {
            while (rs.next()) {
                texts.add(rs.getString(1));
            }
        }
        return texts;
    }
}
