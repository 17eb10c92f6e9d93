package io.liteferry.core.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import io.liteferry.core.ReferencePage;
import io.liteferry.core.options.Options;
import io.liteferry.core.planning.Planner;
import io.liteferry.core.sqlite.SqliteFile;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.yaml.snakeyaml.Yaml;

/** What editors are told of a migration file is what the reader takes. */
class PlanSchemaTest {
    private static final String GOOD = """
            apiVersion: liteferry/v1
            kind: Migration
            name: m
            options: { poll.interval.ms: 20ms, max.batch.size: 100, kafka.client.dns.lookup: use_all_dns_ips }
            sources: [{ name: a, file: a.db }]
            tables:
              t:
                target: t
                key: [id]
                partition: { hash: [id], count: 4 }
                columns:
                  id: { type: bigint, identity: true, nullable: false }
                  at: { type: timestamp with time zone, encoding: unix_millis, zone: UTC }
                  price: { type: "numeric(10, 2)", default: 1 }
                indexes: [{ name: i, unique: true, constraint: true, terms: ["\\"id\\"", "\\"price\\""] }]
                foreign_keys: [{ name: f, columns: [price], references: u, referenced_columns: [x], on_delete: CASCADE }]
                checks: [{ name: positive, check: "\\"price\\" > 0" }]
              u:
                key: { unique_index: [x] }
                columns: { x: { type: int4 } }
              w:
                key: [n]
                partition: { range: at, every: day, ahead: 3, nulls: "-infinity", detached: accepted, at_most: 400 }
                columns: { n: { type: bigint }, at: { type: date } }
              l:
                key: [n]
                partition: { list: tenant }
                columns: { n: { type: bigint }, tenant: { type: text } }
              v: { existing: replace, key: rowid, columns: { x: { type: text, collation: C, mask: null }, y: { type: text, mask: "partial:2" } } }
            """;

    @TempDir
    Path folder;

    private final JsonSchema schema =
            JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V7).getSchema(PlanSchema.json());

    @Test
    void theShippedFileIsUpToDate() {
        ReferencePage.holds(PlanSchema.FILE, PlanSchema.json());
    }

    @Test
    void aPlannedMigrationIsValidAndNamesTheSchemaInItsFirstLine() throws Exception {
        Path file = folder.resolve("app.db");
        try (Connection c = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement s = c.createStatement()) {
            s.execute("CREATE TABLE p(id INTEGER PRIMARY KEY, \"1\" TEXT UNIQUE, \"true\" VARCHAR(3) DEFAULT 'x')");
            s.execute("CREATE TABLE c(a TEXT, b REFERENCES p ON DELETE SET NULL, d DATETIME, PRIMARY KEY(a, b))");
            s.execute("CREATE TABLE r(\"\" BLOB, e DECIMAL(10,2))");
            s.execute("INSERT INTO p VALUES (1, 'a', 'b')");
            s.execute("INSERT INTO c VALUES ('x', 1, 1700000000)");
        }

        String yaml =
                new Planner(new SqliteFile(file), Options.defaults()).plan().yaml();

        assertThat(yaml.lines().findFirst()).contains("# yaml-language-server: $schema=" + PlanSchema.FILE);
        assertThat(problems(yaml)).isEmpty();
    }

    @Test
    void whatTheReaderTakesIsValid() {
        new PlanReader("migration.yaml").read(GOOD);
        assertThat(problems(GOOD)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "poll.interval.ms | pol.interval.ms",
                "name: a | nmae: a",
                "target: t | taget: t",
                "count: 4 | count: many",
                "every: day | every: hour",
                "ahead: 3 | ahaed: 3",
                "list: tenant | lists: tenant",
                "type: bigint | type: bigintt",
                "type: int4 | type: int5",
                "unix_millis | unix_milis",
                "nullable: false | nullable: maybe",
                "key: rowid | key: rowidd",
                "existing: replace | existing: replaced",
                "unique_index | uniqe_index",
                "terms: | term:",
                "references: u, | ''",
                "CASCADE | CASCADES",
                "collation: C | collation: D",
                "liteferry/v1 | liteferry/v2",
                "kind: Migration | kind: Plan",
                "partial:2 | partial:x",
                "name: positive | nome: positive",
            })
    void refusesWhatTheReaderRefuses(String written, String mistaken) {
        String bad = GOOD.replace(written, mistaken);

        assertThat(bad).isNotEqualTo(GOOD);
        assertThat(problems(bad)).isNotEmpty();
        assertThatThrownBy(() -> new PlanReader("migration.yaml").read(bad)).hasMessageContaining("line ");
    }

    private Set<ValidationMessage> problems(String yaml) {
        JsonNode document = new ObjectMapper().valueToTree((Map<?, ?>) new Yaml().load(yaml));
        return schema.validate(document);
    }
}
