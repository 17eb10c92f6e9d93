package io.liteferry.core.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.options.Options;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlanFileTest {
    private static final List<String> NASTY_NAMES = List.of(
            "x\"; drop table t; --",
            "true",
            "null",
            "~",
            "12",
            "- a",
            "a: b # c",
            "tab\tnew\nline\rreturn",
            "ü日本語😀",
            "\u0085\u2028\uFEFF\u0001",
            "",
            " ",
            "'",
            "\\",
            "{a}",
            "*a",
            "&a",
            "!!int",
            "<<",
            "%",
            "@",
            "`");

    @TempDir
    Path folder;

    @Test
    void readsBackWhatItWrote() {
        Plan plan = everything();
        Path file = folder.resolve("migration.yaml");

        PlanFile.write(plan, file);

        assertThat(PlanFile.read(file)).isEqualTo(plan);
    }

    @Test
    void writesTheSameTextForTheSamePlan() {
        assertThat(PlanFile.yaml(everything(), PlanNotes.NONE)).isEqualTo(PlanFile.yaml(everything(), PlanNotes.NONE));
    }

    @Test
    void keepsNamesThatYamlWouldReadAsSomethingElse() {
        List<TablePlan> tables = new ArrayList<>();
        for (String name : NASTY_NAMES) {
            List<ColumnPlan> columns = new ArrayList<>();
            for (String column : NASTY_NAMES) {
                columns.add(new ColumnPlan(
                        column,
                        "c" + columns.size(),
                        TargetType.of(TargetType.Kind.TEXT),
                        Encoding.PLAIN,
                        true,
                        Optional.empty(),
                        Optional.empty(),
                        false,
                        false));
            }
            tables.add(new TablePlan(
                    name,
                    "t" + tables.size(),
                    new KeyPlan(KeyPlan.Kind.PRIMARY_KEY, NASTY_NAMES),
                    columns,
                    Optional.empty(),
                    List.of(),
                    List.of(),
                    0,
                    true));
        }
        Plan plan = new Plan("app", Options.defaults(), tables);
        Path file = folder.resolve("migration.yaml");

        PlanFile.write(plan, file);

        assertThat(PlanFile.read(file)).isEqualTo(plan);
    }

    @Test
    void commentsCannotBreakOutOfTheirLine() {
        PlanNotes notes = new PlanNotes(
                List.of("first\nname: evil"),
                Map.of("t", List.of("a\r\nb")),
                Map.of("t", Map.of("id", "x\u2028y\u0085z")));
        Plan plan = new Plan(
                "app",
                Options.defaults(),
                List.of(TablePlan.simple(
                        "t",
                        KeyPlan.primaryKey("id"),
                        List.of(ColumnPlan.plain("id", TargetType.of(TargetType.Kind.BIGINT))))));

        assertThat(read(PlanFile.yaml(plan, notes))).isEqualTo(plan);
    }

    @Test
    void takesARelativeDatabasePathFromTheFoldersOfTheFile() {
        Plan plan = read("""
                apiVersion: liteferry/v1
                kind: Migration
                name: app
                options: { database.file.path: data/app.db }
                tables: {}
                """);

        assertThat(plan.options().path(Options.DATABASE_FILE_PATH))
                .isEqualTo(folder.toAbsolutePath().resolve("data/app.db"));
    }

    @Test
    void reportsEveryProblemWithItsLine() {
        assertThatThrownBy(() -> read("""
                        apiVersion: liteferry/v2
                        kind: Migration
                        name: "a b"
                        options:
                          poll.intervall.ms: 5
                          max.batch.size: 0
                        tables:
                          t:
                            taget: t
                            key: [id]
                            columns:
                              id: { type: bigint, encoding: iso8601 }
                              name: { type: varchar(0), nullable: maybe }
                              at: { type: timestamptz, zone: Mars }
                              at: { type: text }
                            foreign_keys:
                              - { name: f, columns: [id], references: missing, referenced_columns: [id] }
                              - { name: g, columns: [idd], references: t, referenced_columns: [id] }
                          u:
                            key: [nope]
                            columns: { a: { type: text } }
                        """))
                .isInstanceOfSatisfying(
                        LiteferryException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PLAN_INVALID))
                .message()
                .contains(
                        "line 1: apiVersion: liteferry/v2 is not liteferry/v1",
                        "line 3: name: is the prefix",
                        "line 5: options: unknown option poll.intervall.ms (did you mean poll.interval.ms?)",
                        "line 6: options: max.batch.size",
                        "line 9: tables.t.taget: unknown key (did you mean target?)",
                        "line 12: tables.t.columns.id.encoding: iso8601 is not an encoding for bigint (plain)",
                        "line 13: tables.t.columns.name.type: varchar(0) is not a type",
                        "line 13: tables.t.columns.name.nullable: maybe is not true or false",
                        "line 14: tables.t.columns.at.zone: Mars is not a time zone",
                        "line 15: tables.t.columns.at: stands twice",
                        "no table has the target missing",
                        "t has no column idd (did you mean id?)",
                        "line 20: tables.u.key: no column nope");
    }

    private static String partitioned(String partition, String more) {
        return """
                apiVersion: liteferry/v1
                kind: Migration
                name: app
                tables:
                  events:
                    key: [id]
                    partition: %s
                    columns:
                      id: { type: bigint, nullable: false }
                      at: { type: timestamptz, zone: UTC }
                      tenant: { type: text }
                      price: { type: double precision }
                %s""".formatted(partition, more);
    }

    @Test
    void readsPartitionsByRangeAndByListAndWritesThemBack() {
        for (String written : List.of(
                "{ range: at, every: day, ahead: 7, nulls: -infinity, detached: accepted, at_most: 99 }",
                "{ range: at, every: month, ahead: 2, nulls: quarantine, detached: not_ready }",
                "{ list: tenant, detached: accepted }",
                "{ hash: [id], count: 8 }")) {
            Plan plan = read(partitioned(written, ""));

            String yaml = PlanFile.yaml(plan, PlanNotes.NONE);

            assertThat(yaml).contains("    partition: " + written + "\n");
            assertThat(read(yaml)).isEqualTo(plan);
        }
        assertThat(read(partitioned("{ range: at }", ""))
                        .table("events")
                        .orElseThrow()
                        .partitionColumns())
                .containsExactly("at");
    }

    @Test
    void refusesPartitionsThatPostgresCouldNotKeep() {
        for (var wrong : Map.of(
                        "{ range: att }", "line 7: tables.events.partition.range: no column att (did you mean at?)",
                        "{ range: price }", "price is double precision, not one of date, timestamp, timestamptz",
                        "{ range: at, every: week }", "week is not one of year, month, day",
                        "{ list: price }", "price is double precision",
                        "{ list: tenant, every: day }", "partition.every: unknown key",
                        "{ hash: [tenant] }", "(columns of the key): no column tenant")
                .entrySet()) {
            assertThatThrownBy(() -> read(partitioned(wrong.getKey(), ""))).hasMessageContaining(wrong.getValue());
        }
        assertThatThrownBy(() -> read(partitioned("{ range: at }", """
                            indexes:
                              - { name: one_price, unique: true, terms: ['"price"'] }
                              - { name: price_at, unique: true, terms: ['"price"', '"at"'] }
                          notes:
                            key: [id]
                            columns: { id: { type: bigint } }
                            foreign_keys:
                              - { name: of_event, columns: [id], references: events, referenced_columns: [id] }
                        """)))
                .message()
                .contains(
                        "indexes.one_price: cannot be unique with the table partitioned by at",
                        "foreign_keys.of_event: cannot point to events with the table partitioned by at")
                .doesNotContain("price_at");
    }

    @Test
    void namesTheLineOfEachNameThatDanglesAndOfEachImpossibleColumn() {
        assertThatThrownBy(() -> read("""
                        apiVersion: liteferry/v1
                        kind: Migration
                        name: m
                        tabels:
                          not: read
                        tables:
                          t:
                            target: t
                            key: [j]
                            columns:
                              j: { type: json }
                              a:
                                type: text
                                identity: true
                              b: { type: bigint, collation: C }
                              c:
                                target: a
                                type: text
                              d: { type: bigint, identity: true, default: 1 }
                            indexes:
                              - name: t_a
                                terms: ["\\"a\\""]
                              - name: t_a
                                terms:
                                  - lower("aa")
                            foreign_keys:
                              - name: f
                                columns: [zz]
                                references: tt
                                referenced_columns: [j]
                          u:
                            target: t
                            key: [id]
                            columns:
                              id: { type: bigint }
                        """))
                .message()
                .contains(
                        "line 4: tabels: unknown key (did you mean tables?)",
                        "line 11: tables.t.columns.j: a key cannot be json",
                        "line 12: tables.t.columns.a: identity is for smallint, integer and bigint, not for text",
                        "line 15: tables.t.columns.b: collation is for text, not for bigint",
                        "line 16: tables.t.columns.c: target a is taken",
                        "line 19: tables.t.columns.d: an identity column has no default of its own",
                        "line 21: tables.t.indexes.t_a: the name is taken, by table t",
                        "line 21: tables.t.indexes.t_a: t has no column aa (did you mean a?)",
                        "line 27: tables.t.foreign_keys.f: t has no column zz",
                        "line 27: tables.t.foreign_keys.f: no table has the target tt (did you mean t?)",
                        "line 32: tables.u.target: t is the target of t");
    }

    @Test
    void readsMasksAndRefusesThemWhereSomethingWouldBreak() throws IOException {
        Plan plan = read("""
                apiVersion: liteferry/v1
                kind: Migration
                name: m
                tables:
                  t:
                    key: [id]
                    columns:
                      id: { type: bigint }
                      a: { type: text, mask: hash }
                      b: { type: bigint, mask: null }
                      c: { type: date, encoding: iso8601, mask: "fixed:2000-01-01" }
                      d: { type: varchar(9), mask: "partial:2" }
                """);
        assertThat(plan.tables().get(0).columns())
                .extracting(c -> c.mask().map(Mask::yaml).orElse(""))
                .containsExactly("", "hash", "null", "fixed:2000-01-01", "partial:2");
        assertThat(read(PlanFile.yaml(plan, PlanNotes.NONE)).tables()).isEqualTo(plan.tables());

        assertThatThrownBy(() -> read("""
                        apiVersion: liteferry/v1
                        kind: Migration
                        name: m
                        tables:
                          t:
                            key: [id]
                            columns:
                              id: { type: text, mask: hash }
                              a: { type: bigint, mask: hash }
                              b: { type: text, nullable: false, mask: null }
                              c: { type: bigint, mask: "fixed:x" }
                              d: { type: varchar(3), mask: "fixed:four" }
                              e: { type: varchar(9), mask: "partial:2" }
                              f: { type: bigint, mask: "fixed:1" }
                              g: { type: text, mask: scramble }
                              h: { type: text, mask: hash }
                            indexes: [{ name: t_e, unique: true, terms: ["lower(\\"e\\")", "\\"h\\""] }]
                            foreign_keys: [{ name: fk, columns: [f], references: u, referenced_columns: [x] }]
                          u:
                            key: [id]
                            columns: { id: { type: bigint }, x: { type: text, mask: hash } }
                        """))
                .message()
                .contains(
                        "line 8: tables.t.columns.id.mask: a column of the key cannot be masked",
                        "line 9: tables.t.columns.a.mask: hash is for text",
                        "line 10: tables.t.columns.b.mask: null needs a column that may be NULL",
                        "line 11: tables.t.columns.c.mask: fixed:x is not a value that SQLite would hold for bigint",
                        "line 12: tables.t.columns.d.mask: fixed:four is too long",
                        "line 13: tables.t.columns.e.mask: a unique index would lose its uniqueness",
                        "line 14: tables.t.columns.f.mask: a foreign key would lose its parent row",
                        "line 15: tables.t.columns.g.mask: scramble is not hash, null",
                        "line 21: tables.u.columns.x.mask: a foreign key would lose its parent row")
                .doesNotContain("columns.h");
    }

    @Test
    void saysWhereAFileIsNotYaml() {
        assertThatThrownBy(() -> read("apiVersion: liteferry/v1\nname: ["))
                .hasMessageContaining("LF-111")
                .hasMessageContaining("line 2");
        assertThatThrownBy(() -> read("")).hasMessageContaining("the file is empty");
        assertThatThrownBy(() -> read("- a")).hasMessageContaining("expected keys with values");
        assertThatThrownBy(() -> PlanFile.read(folder.resolve("none.yaml"))).hasMessageContaining("LF-110");
    }

    @Test
    void neverWritesAPassword() {
        Options options = Options.of(Map.of(
                Options.CONNECTION_URL,
                "jdbc:postgresql://h/db?user=me&password=hunter2&sslmode=require",
                Options.CONNECTION_PASSWORD,
                "hunter2"));

        String yaml = PlanFile.yaml(new Plan("app", options, List.of()), PlanNotes.NONE);

        assertThat(yaml).doesNotContain("hunter2").contains("jdbc:postgresql://h/db?user=me&sslmode=require");
    }

    private Plan read(String yaml) {
        Path file = folder.resolve("migration.yaml");
        try {
            Files.writeString(file, yaml);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return PlanFile.read(file);
    }

    private Plan everything() {
        ColumnPlan id = new ColumnPlan(
                "id",
                "Id",
                TargetType.of(TargetType.Kind.BIGINT),
                Encoding.PLAIN,
                false,
                Optional.empty(),
                Optional.empty(),
                true,
                false);
        ColumnPlan at = new ColumnPlan(
                "at",
                "at",
                TargetType.of(TargetType.Kind.TIMESTAMPTZ, 3),
                Encoding.ISO8601,
                true,
                Optional.of("now()"),
                Optional.of(ZoneId.of("Europe/Berlin")),
                false,
                false);
        ColumnPlan price = ColumnPlan.plain("price", TargetType.numeric(10, 2));
        ColumnPlan code = ColumnPlan.plain("code", TargetType.of(TargetType.Kind.VARCHAR, 12))
                .comparedByBytes();
        ColumnPlan live =
                ColumnPlan.plain("live", TargetType.of(TargetType.Kind.BOOLEAN)).withEncoding(Encoding.YES_NO);
        TablePlan orders = new TablePlan(
                "orders",
                "Orders",
                KeyPlan.primaryKey("id"),
                List.of(id, at, price, code, live),
                Optional.of(new PartitionPlan.ByHash(List.of("id"), 16)),
                List.of(
                        new IndexPlan("orders_code_key", true, true, List.of("\"code\"", "\"Id\""), Optional.empty()),
                        new IndexPlan(
                                "orders_live",
                                true,
                                false,
                                List.of("lower(\"code\")", "\"at\" DESC", "\"Id\""),
                                Optional.of("\"live\" AND \"code\" <> 'a \"b\"'"))),
                List.of(new ForeignKeyPlan(
                        "orders_self", List.of("price"), "lines", List.of("n"), "CASCADE", "NO ACTION")),
                1234,
                true);
        TablePlan lines = new TablePlan(
                "lines",
                "lines",
                KeyPlan.rowid(),
                List.of(ColumnPlan.plain("n", TargetType.numeric(10, 2)).notNull()),
                Optional.empty(),
                List.of(),
                List.of(),
                0,
                false);
        TablePlan unique = new TablePlan(
                "u",
                "u",
                new KeyPlan(KeyPlan.Kind.UNIQUE_INDEX, List.of("k")),
                List.of(ColumnPlan.plain("k", TargetType.of(TargetType.Kind.BYTEA))
                        .withEncoding(Encoding.EXACT)),
                Optional.empty(),
                List.of(),
                List.of(),
                5,
                true);
        Options options = Options.of(Map.of(
                Options.DATABASE_FILE_PATH,
                folder.resolve("app.db").toAbsolutePath().toString(),
                Options.VALIDATION_READY_STABLE_MS,
                "5s",
                Options.BATCH_MEMORY_BYTES,
                "64MiB"));
        return new Plan("app", options, List.of(orders, lines, unique));
    }
}
