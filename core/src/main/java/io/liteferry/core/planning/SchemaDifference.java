package io.liteferry.core.planning;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.postgres.PgConnections;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One thing in which a migration file, or a schema that is there already, is not what the source asks for.
 *
 * @param table source name; target name where the source has no such table
 * @param part {@code column price}, {@code unique email}, {@code key}; empty for the whole table
 * @param asked what the plan of the source's values says; empty for nothing
 * @param found what stands in the file or in the target; empty for nothing
 */
public record SchemaDifference(
        @JsonProperty("table") String table,
        @JsonProperty("part") String part,
        @JsonProperty("source_asks") String asked,
        @JsonProperty("found") String found) {

    /** A migration file against what the source asks for now. Other target names are no difference. */
    public static List<SchemaDifference> ofFile(Plan file, Plan asked) {
        Plan renamed = Renaming.of(
                asked,
                t -> file.table(t.source()).map(TablePlan::target).orElse(t.target()),
                (t, c) -> file.table(t.source()).stream()
                        .flatMap(f -> f.columns().stream())
                        .filter(f -> f.source().equals(c.source()))
                        .map(ColumnPlan::target)
                        .findFirst()
                        .orElse(c.target()));
        return between(SchemaOutline.of(renamed), SchemaOutline.of(file));
    }

    /** A schema of the target against what the source asks for; tables and columns are matched by name. */
    public static List<SchemaDifference> ofTarget(PgConnections target, String schema, Plan asked) {
        try (Connection connection = target.open("liteferry-plan")) {
            connection.setReadOnly(true);
            List<ExistingTable> tables = ExistingTable.read(connection, schema);
            Plan carried = asked.withTables(asked.tables().stream()
                    .filter(t -> !ExistingSchema.isFrameworks(t.source()))
                    .toList());
            Plan renamed = Renaming.of(
                    carried,
                    t -> there(t, tables).map(ExistingTable::name).orElse(t.target()),
                    (t, c) -> there(t, tables)
                            .flatMap(e -> e.column(c.source()))
                            .map(ExistingTable.Column::name)
                            .orElse(c.target()));
            return between(
                    SchemaOutline.bare(renamed), ExistingOutline.read(connection, schema, tables, renamed.tables()));
        } catch (SQLException e) {
            throw PgConnections.failure("Reading schema " + schema + " of the target", e);
        }
    }

    private static Optional<ExistingTable> there(TablePlan t, List<ExistingTable> tables) {
        return ExistingTable.named(t.source(), tables, ExistingTable::name);
    }

    private static List<SchemaDifference> between(SchemaOutline asked, SchemaOutline found) {
        List<SchemaDifference> differences = new ArrayList<>();
        for (String table : union(asked.tables(), found.tables())) {
            Map<String, String> a = asked.tables().get(table);
            Map<String, String> f = found.tables().get(table);
            if (a == null || f == null) {
                differences.add(new SchemaDifference(table, "", text(a), text(f)));
                continue;
            }
            for (String part : union(a, f)) {
                String wanted = a.getOrDefault(part, "");
                String present = f.getOrDefault(part, "");
                if (!wanted.equals(present)) {
                    differences.add(new SchemaDifference(table, part, wanted, present));
                }
            }
        }
        return differences;
    }

    private static String text(@Nullable Map<String, String> table) {
        return table == null ? "" : "table";
    }

    private static Set<String> union(Map<String, ?> a, Map<String, ?> b) {
        Set<String> all = new LinkedHashSet<>(a.keySet());
        all.addAll(b.keySet());
        return all;
    }
}
