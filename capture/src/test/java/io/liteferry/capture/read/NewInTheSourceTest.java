package io.liteferry.capture.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.liteferry.core.change.ColumnChange;
import io.liteferry.core.change.SchemaChange;
import io.liteferry.core.change.TableEvolution;
import io.liteferry.core.change.TableProgress.State;
import io.liteferry.core.options.Options;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the application adds beside columns: unique indexes and tables. */
class NewInTheSourceTest {
    @TempDir
    Path folder = Path.of("");

    private CapturedSource captured(String evolution) throws Exception {
        CapturedSource s = new CapturedSource(folder.resolve("app.db"));
        s.source
                .option(Options.SCHEMA_EVOLUTION, evolution)
                .sql(
                        "CREATE TABLE t(id INTEGER PRIMARY KEY, v, email TEXT)",
                        "CREATE TABLE left_out(id INTEGER PRIMARY KEY)",
                        "INSERT INTO t VALUES (1, 'a', 'a@x'), (2, 'b', 'b@x')")
                .table("t", List.of("id"), "id", "v", "email");
        return s.capture();
    }

    private static TableEvolution evolution(CapturedSource s, String table) {
        return s.end().evolution().getOrDefault(table, new TableEvolution("", List.of(), List.of()));
    }

    @Test
    void aUniqueIndexOverPlainColumnsGoesToTheTargetOnce() throws Exception {
        try (CapturedSource s = captured("basic")) {
            assertThat(s.differences("CREATE UNIQUE INDEX t_mail ON t(email, v)"))
                    .isEmpty();
            assertThat(s.differences("DROP INDEX t_mail")).isEmpty();
            assertThat(s.differences(
                            "CREATE UNIQUE INDEX t_mail2 ON t(email, v)", "ALTER TABLE t RENAME COLUMN v TO w"))
                    .isEmpty();
            assertThat(evolution(s, "t").changes())
                    .extracting(ColumnChange::text)
                    .containsExactly("UNIQUE INDEX t_mail [email, v]", "RENAME COLUMN v TO w");
            assertThat(evolution(s, "t").byHand()).isEmpty();
            // Triggers are not made again twice at once.
            await().untilAsserted(() -> {
                assertThat(s.differences()).isEmpty();
                assertThat(s.progress("t").state()).isEqualTo(State.STREAMING);
            });
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CREATE UNIQUE INDEX t_mail ON t(email COLLATE NOCASE)",
                "CREATE UNIQUE INDEX t_mail ON t(email) WHERE v > 3",
                "CREATE UNIQUE INDEX t_mail ON t(lower(email))"
            })
    void oneThatMayMeanSomethingElseInPostgresqlIsLeftToAPerson(String index) throws Exception {
        try (CapturedSource s = captured("basic")) {
            assertThat(s.differences(index)).isEmpty();
            assertThat(evolution(s, "t").changes()).isEmpty();
            assertThat(evolution(s, "t").byHand())
                    .singleElement()
                    .asString()
                    .contains(index)
                    .contains("make there what you need");
        }
    }

    @Test
    void whereTheTargetIsNotOursToAlterTheStatementIsTold() throws Exception {
        try (CapturedSource s = captured("none")) {
            assertThat(s.differences("CREATE UNIQUE INDEX t_mail ON t(email)")).isEmpty();
            assertThat(s.progress("t").state()).isEqualTo(State.STREAMING);
            assertThat(evolution(s, "t").changes()).isEmpty();
            assertThat(evolution(s, "t").byHand())
                    .singleElement()
                    .asString()
                    .contains("CREATE UNIQUE INDEX ON \"t\" (\"email\")");
        }
    }

    @Test
    void aNewTableIsToldWithTheCommandUntilItIsGone() throws Exception {
        try (CapturedSource s = captured("basic")) {
            assertThat(s.end().schemaChanges()).isEmpty();
            s.differences("CREATE TABLE fresh(id INTEGER PRIMARY KEY, v)");
            assertThat(s.end().schemaChanges())
                    .singleElement()
                    .satisfies(c -> assertThat(c.kind()).isEqualTo(SchemaChange.Kind.NEW_TABLE))
                    .satisfies(c -> assertThat(c.table()).isEqualTo("fresh"))
                    .satisfies(c -> assertThat(c.after()).containsExactly("id", "v"));
            assertThat(evolution(s, "fresh").byHand())
                    .singleElement()
                    .asString()
                    .contains("not captured")
                    .contains("liteferry plan " + s.source.path());
            s.reader().close();
            s.open(Optional.of(s.applied()));
            s.differences("INSERT INTO t VALUES (3, 'c', 'c@x')");
            assertThat(s.end().schemaChanges()).isEmpty();
            assertThat(s.end().evolution()).containsKey("fresh");
            s.differences("DROP TABLE fresh");
            assertThat(s.end().evolution()).doesNotContainKey("fresh").containsKey("left_out");
        }
    }
}
