package io.liteferry.core.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.options.Options;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SourceListTest {
    @TempDir
    Path folder = Path.of("");

    @Test
    void theListComesBackAsItWasWrittenAndItsPlacesAreThePartitions() {
        Plan plan = new Plan(
                "tenants",
                Options.defaults(),
                List.of(),
                List.of(
                        new Source("acme", "/data/acme.db", "acme", 0),
                        new Source("käse-42", "/data/käse \"42\".db", "cheese", 1)),
                List.of());
        Path file = folder.resolve("m.yaml");
        PlanFile.write(plan, file);
        Plan read = PlanFile.read(file);
        assertThat(read).isEqualTo(plan);
        assertThat(read.partitions()).isEqualTo(2);
        Plan second = read.perSource().get(1);
        assertThat(second.source()).isEqualTo("käse-42");
        assertThat(second.partition()).isEqualTo(1);
        assertThat(second.partitions()).isEqualTo(2);
        assertThat(second.options().string(Options.DATABASE_FILE_PATH)).isEqualTo("/data/käse \"42\".db");
        assertThat(second.options().string(Options.TARGET_SCHEMA)).isEqualTo("cheese");
        assertThat(read.serving(List.of("acme")).perSource())
                .extracting(Plan::source)
                .containsExactly("acme");
        assertThatThrownBy(read::source).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aRelativeFileIsTakenFromTheFolderOfTheMigrationFile() throws IOException {
        Plan plan = read("sources:\n  - { name: a, file: tenants/a.db }\n");
        assertThat(plan.sources())
                .containsExactly(new Source(
                        "a", folder.toAbsolutePath().resolve("tenants/a.db").toString(), "a", 0));
        assertThat(plan.several()).isTrue();
    }

    @Test
    void withoutAListTheOnlySourceIsCalledAsTheMigration() {
        Plan plan = new Plan("app", Options.of(Map.of(Options.DATABASE_FILE_PATH, "/a.db")), List.of());
        assertThat(plan.perSource()).hasSize(1);
        assertThat(plan.source()).isEqualTo("app");
        assertThat(plan.partition()).isZero();
        assertThat(plan.partitions()).isOne();
        assertThat(plan.several()).isFalse();
        assertThat(plan.forSource(plan.sources().get(0)).options().string(Options.TARGET_SCHEMA))
                .isEqualTo("public");
    }

    @Test
    void everyMistakeIsToldWithItsLine() {
        assertThatThrownBy(() ->
                        read("""
                sources:
                  - { name: a, file: a.db }
                  - { name: a, file: b.db, schema: b }
                  - { name: c, file: ./a.db }
                  - { name: d, file: d.db, schema: b }
                  - { name: pg_temp, file: e.db }
                  - { name: "a b", file: f.db }
                  - { name: g }
                  - { name: h, file: h.db, partition: 3 }
                  - { name: NAME, file: i.db }
                  - { name: "j", file: "\\0" }
                """.replace("NAME", "n".repeat(64)), "  database.file.path: x.db\n  target.schema: y\n"))
                .isInstanceOfSatisfying(
                        LiteferryException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PLAN_INVALID))
                .hasMessageContaining(
                        "line 8: sources: each source has a file and a schema of its own; remove the option database.file.path")
                .hasMessageContaining("remove the option target.schema")
                .hasMessageContaining("line 9: sources[1].name: a is that of another source")
                .hasMessageContaining("line 10: sources[2].file: ./a.db is that of another source")
                .hasMessageContaining("line 11: sources[3].schema: b is that of another source")
                .hasMessageContaining("line 12: sources[4].schema: pg_temp is a schema of PostgreSQL")
                .hasMessageContaining("line 13: sources[5].name: a b is not a name")
                .hasMessageContaining("line 14: sources[6].file: is missing")
                .hasMessageContaining("line 15: sources[7].partition: unknown key")
                .hasMessageContaining("line 16: sources[8].name: nnn")
                .hasMessageContaining("line 17: sources[9].file: is not a path");
        assertThatThrownBy(() -> read("sources: []\n")).hasMessageContaining("sources: is empty");
        assertThatThrownBy(() -> read("sources: a.db\n")).hasMessageContaining("sources: expected a list");
    }

    private Plan read(String sources) throws IOException {
        return read(sources, "  batch.memory.bytes: 32MiB\n");
    }

    private Plan read(String sources, String options) throws IOException {
        Path file = folder.resolve("m.yaml");
        Files.writeString(
                file,
                "apiVersion: liteferry/v1\nkind: Migration\nname: m\noptions:\n" + options + sources + "tables: {}\n");
        return PlanFile.read(file);
    }
}
