package io.liteferry.core.planning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.liteferry.core.options.Options;
import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.KeyPlan;
import io.liteferry.core.plan.PlanFile;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.preflight.Finding;
import io.liteferry.core.sqlite.SqliteFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlannerTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                // declared | values | type | encoding
                "INTEGER | (1),(9223372036854775807),(NULL) | bigint | plain",
                "INTEGER | (1),('abc') | bigint | plain",
                "INTEGER | ('abc'),('def') | text | plain",
                "TEXT | ('a'),('ü') | text | plain",
                "VARCHAR(3) | ('abc'),('üüü') | varchar(3) | plain",
                "VARCHAR(3) | ('abc'),('abcd') | text | plain",
                "CHAR(2) | ('de') | varchar(2) | plain",
                "CHAR(0) | ('') | text | plain",
                "STRING | ('a') | text | plain",
                "DECIMAL(10,2) | (1.5),(12345678.99),(-3),(0.1) | numeric(10,2) | plain",
                "DECIMAL(10,2) | (1.555) | numeric | plain",
                "DECIMAL(4,2) | (123.5) | numeric | plain",
                "DECIMAL(20,2) | ('123456789012345678.90') | numeric(20,2) | plain",
                "NUMERIC | (1),(2.5) | numeric | plain",
                "NUMERIC | (1),(9e999) | double precision | plain",
                "TEXT_DECIMAL(10,2) | ('12.50'),('0.10') | numeric(10,2) | plain",
                "TEXT_DECIMAL(10,2) | ('12.5'),('0.10') | numeric | plain",
                "TEXT_DECIMAL(10,2) | ('012.50') | text | plain",
                "REAL | (1.5),(9e999) | double precision | plain",
                "FLOAT | (1),(2) | double precision | plain",
                "BOOLEAN | (0),(1),(NULL) | boolean | zero_one",
                "BOOLEAN | (0),(2) | bigint | plain",
                "BOOLEAN | ('true'),('FALSE') | boolean | true_false",
                "BOOL | ('t'),('f') | boolean | t_f",
                "BOOL | ('yes'),('no') | boolean | yes_no",
                "BOOL | ('y'),('n') | boolean | y_n",
                "DATETIME | ('2024-02-29 10:00:00'),('2024-01-01') | timestamp | iso8601",
                "DATETIME | ('2024-02-29T10:00:00Z'),('2024-02-29T10:00:00.5+02:00') | timestamptz | iso8601",
                "DATETIME | ('2024-02-29T10:00:00Z'),('2024-02-29 10:00:00') | text | plain",
                "DATETIME | ('2024-02-30 10:00:00') | text | plain",
                "DATETIME | ('now') | text | plain",
                "DATETIME | ('0000-00-00 00:00:00') | text | plain",
                "DATETIME | ('2024-01-01 23:59:60') | text | plain",
                "DATETIME | ('2024-01-01 00:00:00.123456789') | text | plain",
                "TIMESTAMP | (1700000000),(0) | timestamptz | unix_seconds",
                "TIMESTAMP | (1700000000.25) | timestamptz | unix_seconds",
                "TIMESTAMP | (1700000000000) | timestamptz | unix_millis",
                "TIMESTAMP | (1700000000000000) | timestamptz | unix_micros",
                "TIMESTAMP | (5) | bigint | plain",
                "DATETIME | (julianday('2024-01-01 12:34:56')) | timestamptz | julian_day",
                "DATE | ('2024-02-29') | date | iso8601",
                "DATE | ('2024-02-29 01:00:00') | timestamp | iso8601",
                "TIME | ('10:00'),('10:00:01.5') | time | iso8601",
                "UUID | ('123e4567-e89b-12d3-a456-426614174000') | uuid | plain",
                "UUID | ('123E4567-E89B-12D3-A456-426614174000') | text | plain",
                "UUID | (x'123e4567e89b12d3a456426614174000') | uuid | uuid_blob",
                "JSON | ('{\"a\":1,\"bb\":[true,null]}') | jsonb | plain",
                "JSON | ('{\"b\":1,\"a\":2}') | json | plain",
                "JSON | ('{\"a\":1,\"a\":2}') | json | plain",
                "JSON | ('[1e5]') | json | plain",
                "JSON | ('{') | text | plain",
                "JSON | ('\"\\u0000\"') | json | plain",
                "BLOB | (x'00ff') | bytea | plain",
                "BLOB | (x'00'),('text') | bytea | exact",
                "`` | (1),(2) | bigint | plain",
                "`` | (4),(4.0) | bytea | exact",
                "`` | (4.0),(-0.0) | double precision | plain",
                "TEXT | (CAST(x'ff41' AS TEXT)),('a') | text | plain",
                "`` | (CAST(x'ff41' AS TEXT)) | bytea | exact",
                "ANY | (1) | bigint | plain",
                "GUID | (NULL) | uuid | plain",
                "DATETIME | (NULL) | timestamp | iso8601",
                "TIMESTAMP WITH TIME ZONE | (NULL) | timestamptz | iso8601",
                "DECIMAL(99999999999,2) | (NULL) | numeric | plain",
                "BLOB SUB_TYPE TEXT | (NULL) | text | plain",
                "UNSIGNED BIG INT | (1) | bigint | plain",
            })
    void takesTheTypeThatHoldsEveryValue(String declared, String values, String type, String encoding) {
        String typeText = declared == null ? "" : declared;
        ColumnPlan column = column(
                plan("CREATE TABLE t(id INTEGER PRIMARY KEY, c " + typeText + ")", "INSERT INTO t(c) VALUES " + values),
                "t",
                "c");

        assertThat(column.type().sql()).isEqualTo(type);
        assertThat(column.encoding().yaml()).isEqualTo(encoding);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "TEXT | ('a'),('A') | text | plain | true",
                "VARCHAR(5) | ('a') | varchar(5) | plain | true",
                "TEXT | ('a'),(x'61') | bytea | exact | false",
                "TEXT | (CAST(x'ff' AS TEXT)) | bytea | exact | false",
                "TEXT | (CAST(x'6100' AS TEXT)) | bytea | exact | false",
                "BLOB | (x'01') | bytea | plain | false",
                "DATETIME | ('2024-01-01 00:00:00') | text | plain | true",
                "DATE | ('2024-01-01') | date | iso8601 | false",
                "UUID | ('123e4567-e89b-12d3-a456-426614174000') | uuid | plain | false",
                "INT | (1),('x') | bytea | exact | false",
            })
    void keepsDifferentKeysDifferent(String declared, String values, String type, String encoding, boolean collateC) {
        ColumnPlan key = column(
                plan("CREATE TABLE t(k " + declared + " PRIMARY KEY)", "INSERT INTO t(k) VALUES " + values), "t", "k");

        assertThat(key.type().sql()).isEqualTo(type);
        assertThat(key.encoding().yaml()).isEqualTo(encoding);
        assertThat(key.collateC()).isEqualTo(collateC);
        assertThat(key.nullable()).isFalse();
    }

    @Test
    void choosesTheKeyThatIdentifiesEveryRow() {
        PlanProposal p = plan(
                "CREATE TABLE declared(a, b, PRIMARY KEY(b, a))",
                "CREATE TABLE with_null(k TEXT PRIMARY KEY, v)",
                "INSERT INTO with_null VALUES (NULL, 1), ('a', 2)",
                "CREATE TABLE by_unique(a NOT NULL, b NOT NULL, c, UNIQUE(a, b))",
                "CREATE TABLE nullable_unique(a UNIQUE)",
                "CREATE TABLE handleless(rowid, _rowid_, oid)",
                "CREATE TABLE hidden(rowid TEXT PRIMARY KEY) WITHOUT ROWID");

        assertThat(table(p, "declared").key()).isEqualTo(KeyPlan.primaryKey("b", "a"));
        assertThat(table(p, "with_null").key()).isEqualTo(KeyPlan.rowid());
        assertThat(table(p, "with_null").indexes()).singleElement().matches(i -> i.constraint());
        assertThat(table(p, "by_unique").key()).isEqualTo(new KeyPlan(KeyPlan.Kind.UNIQUE_INDEX, List.of("a", "b")));
        assertThat(table(p, "by_unique").indexes()).isEmpty();
        assertThat(table(p, "nullable_unique").key()).isEqualTo(KeyPlan.rowid());
        assertThat(p.plan().table("handleless")).isEmpty();
        assertThat(table(p, "hidden").key()).isEqualTo(KeyPlan.primaryKey("rowid"));
        assertThat(ids(p, "handleless")).containsExactly("PLAN-NO-ROW-HANDLE");
        assertThat(p.blocked()).isTrue();
    }

    @Test
    void carriesIndexesThatMeanTheSameAndListsTheOthers() {
        PlanProposal p = plan(
                "CREATE TABLE t(id INTEGER PRIMARY KEY, email TEXT, name TEXT COLLATE NOCASE UNIQUE, live BOOLEAN, n INT, j JSON)",
                "INSERT INTO t VALUES (1, 'a', 'b', 1, 5, '{\"b\":1,\"a\":1}')",
                "CREATE INDEX plain ON t(n DESC, email)",
                "CREATE UNIQUE INDEX part ON t(email) WHERE live AND n >= -1 AND email <> 'it''s'",
                "CREATE UNIQUE INDEX lowered ON t(lower(email))",
                "CREATE INDEX odd ON t(substr(email, 1, 3))",
                "CREATE INDEX odd_where ON t(email) WHERE email LIKE 'a%'",
                "CREATE INDEX on_json ON t(j)");

        assertThat(table(p, "t").indexes())
                .extracting(i -> i.name() + " " + i.unique() + " " + i.constraint() + " " + i.terms() + " "
                        + i.where().orElse(""))
                .containsExactlyInAnyOrder(
                        "plain false false [\"n\" DESC, \"email\"] ",
                        "part true false [\"email\"] \"live\" AND \"n\" >= -1 AND \"email\" <> 'it''s'",
                        "lowered true false [lower(\"email\")] ",
                        "t_name_key true false [lower(\"name\")] ");
        assertThat(p.findings())
                .filteredOn(f -> f.id().equals("PLAN-INDEX-LEFT-OUT"))
                .extracting(Finding::subject)
                .containsExactlyInAnyOrder("t.odd", "t.odd_where", "t.on_json");
    }

    @Test
    void carriesForeignKeysWithTargetNamesAndCountsOrphans() {
        PlanProposal p = plan(
                "CREATE TABLE parent(id INTEGER PRIMARY KEY, code TEXT UNIQUE)",
                "CREATE TABLE child(id INTEGER PRIMARY KEY, parent_id INT REFERENCES PARENT ON DELETE CASCADE,"
                        + " code TEXT REFERENCES parent(Code), bad REFERENCES missing(x))",
                "INSERT INTO parent VALUES (1, 'a')",
                "INSERT INTO child VALUES (1, 1, 'a', NULL), (2, 7, 'zz', NULL), (3, NULL, NULL, NULL)");

        assertThat(table(p, "child").foreignKeys())
                .extracting(f -> f.columns() + " " + f.referencedTable() + f.referencedColumns() + " " + f.onDelete())
                .containsExactlyInAnyOrder("[parent_id] parent[id] CASCADE", "[code] parent[code] NO ACTION");
        assertThat(p.findings())
                .filteredOn(f -> f.id().equals("PLAN-ORPHANS"))
                .extracting(f -> f.subject() + ": " + f.found())
                .containsExactlyInAnyOrder(
                        "child.parent_id: 1 rows refer to rows of PARENT that are not there",
                        "child.code: 1 rows refer to rows of parent that are not there");
        assertThat(ids(p, "child.bad")).contains("PLAN-FOREIGN-KEY-LEFT-OUT");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "INTEGER | 5 | 5",
                "INTEGER | '5' | 5",
                "INTEGER | 1e999 | ``",
                "INTEGER | (abs(random())) | ``",
                "TEXT | 'it''s' | 'it''s'",
                "TEXT | \"x\" | 'x'",
                "TEXT | 'back\\slash' | ``",
                "TEXT | CURRENT_TIMESTAMP | to_char((now() AT TIME ZONE 'UTC'), 'YYYY-MM-DD HH24:MI:SS')",
                "BOOLEAN | TRUE | true",
                "BOOLEAN | 0 | false",
                "BOOLEAN | 2 | ``",
                "NUMERIC(4,2) | 1.5 | 1.5",
                "NUMERIC(4,2) | 1.555 | ``",
                "NUMERIC(4,2) | false | 0",
                "DATETIME | CURRENT_TIMESTAMP | date_trunc('second', (now() AT TIME ZONE 'UTC'))",
                "DATETIME | 'now' | ``",
                "DATETIME | '2024-01-01 00:00:00' | '2024-01-01 00:00:00'",
                "DATETIME | 'current_timestamp' | ``",
                "DATE | CURRENT_DATE | (now() AT TIME ZONE 'UTC')::date",
                "INTEGER | NULL | ``",
            })
    void carriesDefaultsThatMeanTheSame(String declared, String written, String expected) {
        PlanProposal p = plan("CREATE TABLE t(id INTEGER PRIMARY KEY, c " + declared + " DEFAULT " + written + ")");

        assertThat(column(p, "t", "c").defaultSql().orElse("")).isEqualTo(expected == null ? "" : expected);
        boolean silent = written.equals("NULL") || expected != null && !expected.isEmpty();
        assertThat(ids(p, "t.c").contains("PLAN-DEFAULT-LEFT-OUT")).isEqualTo(!silent);
    }

    @Test
    void givesSafeNamesWherePostgresCannotHoldTheSourceName() {
        String longName = "x".repeat(70);
        PlanProposal p = plan(
                "CREATE TABLE \"" + longName + "1\"(\"ctid\" INT PRIMARY KEY, \"\" TEXT, \"a\"\"b\" TEXT)",
                "CREATE TABLE \"" + longName + "2\"(id INTEGER PRIMARY KEY)");

        List<String> targets = p.plan().tables().stream().map(TablePlan::target).toList();
        assertThat(targets).doesNotHaveDuplicates().allMatch(t -> t.length() == 63);
        assertThat(p.plan().tables().get(0).columns())
                .extracting(ColumnPlan::target)
                .containsExactly("ctid_", "column", "a\"b");
        assertThat(p.findings())
                .filteredOn(f -> f.id().equals("PLAN-NAME-CHANGED"))
                .hasSize(4);
    }

    @Test
    void proposesHashPartitionsOnlyWhereNothingIsLost() {
        Options small = Options.defaults().with(Options.PARTITION_HASH_MIN_ROWS, "3");
        PlanProposal p = plan(
                small,
                "CREATE TABLE big(id INTEGER PRIMARY KEY)",
                "CREATE TABLE uniq(id INTEGER PRIMARY KEY, u UNIQUE)",
                "CREATE TABLE parent(id INTEGER PRIMARY KEY)",
                "CREATE TABLE child(id INTEGER PRIMARY KEY, p INT REFERENCES parent(id))",
                "CREATE TABLE keyless(a)",
                "INSERT INTO big VALUES (1),(2),(3)",
                "INSERT INTO uniq VALUES (1,1),(2,2),(3,3)",
                "INSERT INTO parent VALUES (1),(2),(3)",
                "INSERT INTO keyless VALUES (1),(2),(3)",
                "INSERT INTO child VALUES (1,1),(2,2)");

        assertThat(p.plan().tables())
                .filteredOn(t -> t.partition().isPresent())
                .extracting(TablePlan::source)
                .containsExactly("big");
        assertThat(p.findings())
                .filteredOn(f -> f.id().equals("PLAN-NOT-PARTITIONED"))
                .extracting(f -> f.subject() + ": " + f.found())
                .anySatisfy(f -> assertThat(f).startsWith("uniq: 3 rows").contains("unique index uniq_u"))
                .anySatisfy(f -> assertThat(f).startsWith("parent: 3 rows").contains("foreign key child_p"));
    }

    @Test
    void findsWhatWillBeQuarantinedAndNamesTheKeys() {
        PlanProposal p = plan(
                "CREATE TABLE t(id INTEGER PRIMARY KEY, n INTEGER NOT NULL, price REAL)",
                "INSERT INTO t VALUES (1, 1, 0.5), (2, 'two', 1.25), (3, 3, 2.0)");

        assertThat(p.findings())
                .filteredOn(f -> f.subject().startsWith("t."))
                .extracting(f -> f.id() + " " + f.found())
                .anySatisfy(f -> assertThat(f).startsWith("PLAN-QUARANTINE").contains("1 value does not fit", "key 2"))
                .anySatisfy(f -> assertThat(f).startsWith("PLAN-REAL-MONEY"));
        assertThat(column(p, "t", "n").nullable()).isFalse();
    }

    @Test
    void readsAllRowsInSlicesOfEveryKindOfTable() {
        Options impatient = Options.defaults().with(Options.READ_TRANSACTION_MAX_MS, "5");
        String rows = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30000) ";
        PlanProposal p = plan(
                impatient,
                "CREATE TABLE by_rowid(v TEXT)",
                rows + "INSERT INTO by_rowid SELECT hex(randomblob(20)) FROM n",
                "CREATE TABLE by_key(a TEXT COLLATE NOCASE, b REAL, PRIMARY KEY(a, b)) WITHOUT ROWID",
                rows + "INSERT INTO by_key SELECT CAST(x'ff' || (i % 7) AS TEXT), i FROM n");

        assertThat(table(p, "by_rowid").expectedRows()).isEqualTo(30_000);
        assertThat(table(p, "by_key").expectedRows()).isEqualTo(30_000);
    }

    @Test
    void givesTheSamePlanForTheSameFileAndReadsItBack() throws IOException {
        PlanProposal first = plan(
                "CREATE TABLE t(id INTEGER PRIMARY KEY, a VARCHAR(10) NOT NULL DEFAULT 'x', UNIQUE(a))",
                "CREATE TABLE u(a, b REFERENCES t(id), g AS (a || 'x'))",
                "CREATE VIEW v AS SELECT 1",
                "INSERT INTO t VALUES (1, 'a')",
                "INSERT INTO u VALUES (x'00', 1)");
        PlanProposal second = new Planner(new SqliteFile(folder.resolve("app.db")), Options.defaults()).plan();
        Path file = folder.resolve("migration.yaml");
        Files.writeString(file, first.yaml());

        assertThat(second.yaml()).isEqualTo(first.yaml());
        assertThat(PlanFile.read(file)).isEqualTo(first.plan());
        assertThat(first.json().toString()).contains("\"kind\":\"Plan\"", "\"next_steps\"", "\"severity\":\"info\"");
        assertThat(ids(first, "v")).containsExactly("PLAN-LEFT-OUT");
    }

    @Test
    void refusesWhatIsNoDatabase() throws IOException {
        Path garbage =
                Files.writeString(folder.resolve("garbage.db"), "this is not a database, whatever it says".repeat(50));

        assertThatThrownBy(() -> new Planner(new SqliteFile(garbage), Options.defaults()).plan())
                .hasMessageStartingWith("LF-102");
        assertThatThrownBy(() -> new Planner(new SqliteFile(folder), Options.defaults()).plan())
                .hasMessageStartingWith("LF-101");
    }

    private PlanProposal plan(String... statements) {
        return plan(Options.defaults(), statements);
    }

    private PlanProposal plan(Options options, String... statements) {
        Path file = folder.resolve("app.db");
        try (Connection c = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement s = c.createStatement()) {
            for (String sql : statements) {
                s.execute(sql);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return new Planner(new SqliteFile(file), options).plan();
    }

    private static TablePlan table(PlanProposal p, String name) {
        return p.plan().table(name).orElseThrow();
    }

    private static ColumnPlan column(PlanProposal p, String table, String column) {
        return table(p, table).columns().stream()
                .filter(c -> c.source().equals(column))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> ids(PlanProposal p, String subject) {
        return p.findings().stream()
                .filter(f -> f.subject().equals(subject))
                .map(Finding::id)
                .toList();
    }
}
