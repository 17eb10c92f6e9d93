package io.liteferry.core.planning;

import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.core.options.Options;
import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.PlanFile;
import io.liteferry.core.plan.PlanNotes;
import io.liteferry.core.plan.Source;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.plan.TargetType;
import io.liteferry.core.preflight.Finding;
import io.liteferry.core.sqlite.SqliteFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SeveralFilesTest {
    @TempDir
    Path folder = Path.of("");

    @Test
    void aTypeIsTakenBecauseTheValuesOfEveryFileFitIt() throws SQLException {
        sql(
                "a",
                "CREATE TABLE t(id INTEGER PRIMARY KEY, n INTEGER, u UUID)",
                "INSERT INTO t VALUES (1, 5, '00000000-0000-0000-0000-000000000001')");
        sql(
                "b",
                "CREATE TABLE t(id INTEGER PRIMARY KEY, n INTEGER, u UUID)",
                "INSERT INTO t VALUES (1, 'five', 'none')");
        PlanProposal proposal = plan("a", "b");
        TablePlan t = proposal.plan().table("t").orElseThrow();
        assertThat(t.expectedRows()).isEqualTo(1);
        assertThat(column(t, "u").type().kind()).isEqualTo(TargetType.Kind.TEXT);
        assertThat(column(plan("a").plan().table("t").orElseThrow(), "u").type().kind())
                .isEqualTo(TargetType.Kind.UUID);
        assertThat(proposal.findings())
                .anyMatch(f -> f.subject().equals("t.n") && f.found().contains("at key b 1"));
        assertThat(proposal.plan().sources())
                .extracting(Source::name, Source::schema, Source::partition)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("a", "a", 0),
                        org.assertj.core.groups.Tuple.tuple("b", "b", 1));
        assertThat(PlanFile.yaml(proposal.plan(), PlanNotes.NONE)).contains("sources:");
    }

    @Test
    void theSchemaIsTheUnionOfTheFilesAndSaysWhichFileLacksWhat() throws SQLException {
        sql(
                "a",
                "CREATE TABLE t(id INTEGER PRIMARY KEY, mail TEXT NOT NULL, UNIQUE(mail))",
                "INSERT INTO t VALUES (1, 'x')",
                "CREATE TABLE only_a(id INTEGER PRIMARY KEY)");
        sql(
                "b",
                "CREATE TABLE t(id INTEGER PRIMARY KEY, mail TEXT NOT NULL, extra TEXT NOT NULL)",
                "INSERT INTO t VALUES (1, 'x', 'y')",
                "CREATE TABLE other_key(a INTEGER PRIMARY KEY, b INTEGER)");
        sql(
                "c",
                "CREATE TABLE t(id INTEGER PRIMARY KEY, mail TEXT NOT NULL, extra TEXT NOT NULL, UNIQUE(mail))",
                "CREATE TABLE only_a(id INTEGER PRIMARY KEY)",
                "CREATE TABLE other_key(a INTEGER, b INTEGER PRIMARY KEY)");
        PlanProposal proposal = plan("a", "b", "c");
        Plan plan = proposal.plan();
        assertThat(plan.tables()).extracting(TablePlan::source).containsExactly("only_a", "other_key", "t");
        TablePlan t = plan.table("t").orElseThrow();
        assertThat(column(t, "extra").nullable()).isTrue();
        assertThat(column(t, "mail").nullable()).isFalse();
        // A unique index that one file does not have may not hold there.
        assertThat(t.indexes()).isEmpty();
        assertThat(proposal.findings().stream()
                        .filter(f -> f.id().equals("PLAN-SOURCE-DIFFERS"))
                        .map(Finding::found))
                .containsExactlyInAnyOrder(
                        "source b has no such table",
                        "source a has no such table",
                        "source a has no column extra",
                        "source c has another primary key");
    }

    @Test
    void theSameFilesGiveTheSamePlanAsOneOfThem() throws SQLException {
        for (String name : List.of("a", "b")) {
            sql(
                    name,
                    "CREATE TABLE p(id INTEGER PRIMARY KEY, u TEXT UNIQUE)",
                    "CREATE TABLE c(id INTEGER PRIMARY KEY, p INTEGER REFERENCES p)",
                    "INSERT INTO p VALUES (1, 'x')",
                    "INSERT INTO c VALUES (1, 1)");
        }
        assertThat(plan("a", "b").plan().tables())
                .isEqualTo(new Planner(new SqliteFile(file("a")), Options.defaults())
                        .plan()
                        .plan()
                        .tables());
    }

    @Test
    void everyFileGetsANameThatIsASchemaAndNoTwoTheSame() {
        List<Path> files = List.of(
                Path.of("/d/acme.db"),
                Path.of("/d/eu/shop.db"),
                Path.of("/d/us/shop.db"),
                Path.of("/d/us-shop.db"),
                Path.of("/d/pg_temp.db"),
                Path.of("/d/Käse & Brot.sqlite3"),
                Path.of("/d/" + "n".repeat(80) + ".db"),
                Path.of("/d/" + "n".repeat(81) + ".db"),
                Path.of("/d/liteferry.db"),
                Path.of("/d/...db"));
        Map<Path, String> names = SourceNames.of(files);
        assertThat(names.values()).doesNotHaveDuplicates().hasSize(files.size()).allSatisfy(name -> {
            assertThat(Source.nameProblem(name)).isEmpty();
            assertThat(Source.schemaProblem(name)).isEmpty();
        });
        assertThat(names)
                .containsEntry(files.get(0), "acme")
                .containsEntry(files.get(1), "eu-shop")
                .containsEntry(files.get(5), "Käse-Brot");
    }

    private static ColumnPlan column(TablePlan t, String name) {
        return t.columns().stream()
                .filter(c -> c.source().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private PlanProposal plan(String... names) {
        Map<String, SqliteFile> sources = new LinkedHashMap<>();
        for (String name : names) {
            sources.put(name, new SqliteFile(file(name)));
        }
        return new Planner("all", sources, Options.defaults(), PlanProgress.SILENT).plan();
    }

    private Path file(String name) {
        return folder.resolve(name + ".db");
    }

    private void sql(String name, String... statements) throws SQLException {
        assertThat(Files.exists(file(name))).isFalse();
        try (Connection c = DriverManager.getConnection("jdbc:sqlite:" + file(name));
                Statement s = c.createStatement()) {
            for (String sql : statements) {
                s.execute(sql);
            }
        }
    }
}
