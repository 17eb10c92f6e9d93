package io.liteferry.core.planning;

import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.core.options.Options;
import io.liteferry.core.plan.CheckPlan;
import io.liteferry.core.preflight.Finding;
import io.liteferry.core.sqlite.SqliteFile;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a plan points out for a person to decide, and where it is silent. */
class PlanAdviceTest {
    private static final String THOUSAND =
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) ";

    @TempDir
    Path folder;

    @Test
    void pointsOutIndexesThatAnotherOneServes() {
        List<Finding> findings = findings(
                "CREATE TABLE t(id INTEGER PRIMARY KEY, a, b, c, UNIQUE(a, b))",
                "CREATE INDEX by_id ON t(id)",
                "CREATE INDEX by_a ON t(a)",
                "CREATE INDEX by_c ON t(c)",
                "CREATE INDEX by_c_again ON t(c)",
                // None of these is served by another one.
                "CREATE INDEX by_b ON t(b)",
                "CREATE INDEX a_down ON t(a DESC)",
                "CREATE INDEX a_nocase ON t(a COLLATE NOCASE)",
                "CREATE INDEX a_some ON t(a) WHERE b > 0",
                "CREATE UNIQUE INDEX a_once ON t(a) WHERE c = 1",
                "CREATE UNIQUE INDEX c_once ON t(b, c)",
                "CREATE INDEX c_a ON t(c, a) WHERE c > 0");

        assertThat(subjects(findings, "PLAN-INDEX-REDUNDANT"))
                .containsExactlyInAnyOrder("t.by_id", "t.by_a", "t.by_c_again", "t.by_b");
    }

    @Test
    void pointsOutForeignKeysWithoutAnIndex() {
        List<Finding> findings = findings(
                "CREATE TABLE p(a INTEGER, b INTEGER, PRIMARY KEY(a, b))",
                "CREATE TABLE q(id INTEGER PRIMARY KEY)",
                "CREATE TABLE c(id INTEGER PRIMARY KEY, a, b, q1 REFERENCES q, q2 REFERENCES q, q3 REFERENCES q,"
                        + " FOREIGN KEY(a, b) REFERENCES p(a, b))",
                "CREATE TABLE d(q4 INTEGER NOT NULL REFERENCES q, n INTEGER, PRIMARY KEY(q4, n))",
                "CREATE INDEX i1 ON c(b, a, id)",
                "CREATE INDEX i2 ON c(q1)",
                "CREATE INDEX i3 ON c(q2) WHERE q2 > 5",
                "CREATE INDEX i4 ON c(id, q3)");

        assertThat(subjects(findings, "PLAN-FOREIGN-KEY-UNINDEXED")).containsExactlyInAnyOrder("c.q2", "c.q3");
    }

    @Test
    void pointsOutRowsThatAPageCannotHold() {
        List<Finding> findings = findings(
                "CREATE TABLE numbers(id INTEGER PRIMARY KEY" + columns(1_030, "INTEGER") + ")",
                "CREATE TABLE texts(id INTEGER PRIMARY KEY" + columns(500, "TEXT") + ")",
                "CREATE TABLE small(id INTEGER PRIMARY KEY" + columns(150, "INTEGER") + ")",
                "CREATE TABLE narrow(id INTEGER PRIMARY KEY" + columns(20, "TEXT") + ")",
                "INSERT INTO texts(" + names(500) + ") VALUES (" + "'" + "x".repeat(40) + "'"
                        + (", '" + "x".repeat(40) + "'").repeat(499) + ")");

        assertThat(findings)
                .filteredOn(f -> f.id().equals("PLAN-TABLE-WIDE"))
                .extracting(f -> f.subject() + " " + f.severity())
                .containsExactlyInAnyOrder("numbers warning", "texts warning", "small info");
    }

    @Test
    void pointsOutSparseColumns() {
        List<Finding> findings = findings(
                "CREATE TABLE t(id INTEGER PRIMARY KEY, a, b, c, d)",
                THOUSAND + "INSERT INTO t SELECT i, iif(i % 20, NULL, i), NULL, NULL, iif(i % 19, NULL, i) FROM n");

        assertThat(findings)
                .filteredOn(f -> f.id().equals("PLAN-TABLE-SPARSE"))
                .singleElement()
                .satisfies(f -> assertThat(f.found()).contains("3 columns").endsWith(": a, b, c"));
    }

    @Test
    void namesEveryChoiceThatIsAPersonsAndWhatIsNotCarried() {
        PlanProposal plan = plan(
                "CREATE TABLE person(email TEXT COLLATE NOCASE PRIMARY KEY, nick TEXT COLLATE NOCASE UNIQUE,"
                        + " born DATETIME, balance REAL, age INTEGER CHECK (age >= 0 /* years */ AND age <> 99),"
                        + " initial TEXT AS (substr(nick, 1, 1)), CONSTRAINT \"check\" CHECK(length(nick) > 1),"
                        + " CHECK(nick NOT LIKE 'x%'), CONSTRAINT state CHECK (age BETWEEN -1 AND 150 AND age NOT IN (97, 98)), CHECK (nick <> 'b''(')) WITHOUT ROWID",
                "INSERT INTO person(email, nick, born, balance, age) VALUES ('a@b', 'ab', '2024-01-02 03:04:05', 1.25, 1)",
                "CREATE VIEW adults AS SELECT * FROM person WHERE age > 17",
                "CREATE VIRTUAL TABLE search USING fts5(body)");

        List<Finding> findings = plan.findings();
        assertThat(findings)
                .extracting(f -> f.id() + " " + f.subject())
                .contains(
                        "PLAN-KEY-NOCASE person",
                        "PLAN-INDEX-NOCASE person.sqlite_autoindex_person_2",
                        "PLAN-ZONE-NAIVE person",
                        "PLAN-REAL-MONEY person.balance",
                        "PLAN-GENERATED person");
        assertThat(findings)
                .filteredOn(f -> f.id().equals("PLAN-CHECK-LEFT-OUT"))
                .extracting(Finding::found)
                .extracting(f -> f.replaceFirst(":.*", ""))
                // nick compares without case, PostgreSQL's text does not.
                .containsExactlyInAnyOrder(
                        "CHECK (nick NOT LIKE 'x%') is not carried", "CHECK (nick <> 'b''(') is not carried");
        assertThat(plan.plan().table("person").orElseThrow().checks())
                .containsExactly(
                        new CheckPlan("person_check", "\"age\" >= 0 AND \"age\" <> 99"),
                        new CheckPlan("check", "length(\"nick\") > 1"),
                        new CheckPlan("state", "\"age\" BETWEEN -1 AND 150 AND \"age\" NOT IN (97, 98)"));
        assertThat(findings)
                .filteredOn(f -> f.id().equals("PLAN-LEFT-OUT"))
                .extracting(f -> f.subject() + " " + f.found().replaceFirst(",.*", ""))
                .contains("adults is a view", "search is a virtual table", "search_data is a table of a virtual table");
    }

    @Test
    void carriesComparisonsOfTextWhereTheTableComparesBytes() {
        PlanProposal plan = plan(
                "CREATE TABLE t(id INTEGER PRIMARY KEY, other TEXT /* , */ COLLATE NOCASE CHECK (other <> 'x'), \"state\" TEXT DEFAULT 'collate' CHECK (state IN ('open', 'clo''sed (')), ok BOOLEAN CHECK (ok IN (0, 1)))",
                "CREATE UNIQUE INDEX open ON t(id) WHERE state NOT IN ('open')",
                "INSERT INTO t VALUES (1, 'y', 'open', 1)");

        assertThat(plan.plan().tables().get(0).checks())
                .extracting(CheckPlan::expression)
                .containsExactly("\"state\" IN ('open', 'clo''sed (')", "\"ok\" IN (false, true)");
        assertThat(plan.plan().tables().get(0).indexes().get(0).where()).contains("\"state\" NOT IN ('open')");
    }

    private List<Finding> findings(String... statements) {
        return plan(statements).findings();
    }

    private PlanProposal plan(String... statements) {
        Path file = folder.resolve("app.db");
        try (Connection c = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement s = c.createStatement()) {
            for (String sql : statements) {
                s.execute(sql);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return new Planner(new SqliteFile(file), Options.defaults()).plan();
    }

    private static List<String> subjects(List<Finding> findings, String id) {
        return findings.stream()
                .filter(f -> f.id().equals(id))
                .map(Finding::subject)
                .toList();
    }

    private static String columns(int count, String type) {
        return IntStream.range(0, count).mapToObj(i -> ", c" + i + " " + type).collect(Collectors.joining());
    }

    private static String names(int count) {
        return IntStream.range(0, count).mapToObj(i -> "c" + i).collect(Collectors.joining(", "));
    }
}
