package io.liteferry.core.planning;

import io.liteferry.core.options.Options;
import io.liteferry.core.plan.ForeignKeyPlan;
import io.liteferry.core.plan.IndexPlan;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.plan.TargetNames;
import io.liteferry.core.postgres.PgConnections;
import io.liteferry.core.preflight.Finding;
import io.liteferry.core.sqlite.SourceTable;
import io.liteferry.core.sqlite.SqliteCatalog;
import io.liteferry.core.sqlite.SqliteFile;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Proposes a migration of one SQLite file: profiles every value of every table, read only and in short transactions, and
 * decides keys, types, indexes and partitions. The same file gives the same plan.
 */
public final class Planner {
    private final SqliteFile file;
    private final Options options;
    private final PlanProgress progress;

    public Planner(SqliteFile file, Options options) {
        this(file, options, PlanProgress.SILENT);
    }

    public Planner(SqliteFile file, Options options, PlanProgress progress) {
        this.file = file;
        this.options = options;
        this.progress = progress;
    }

    /** A plan that makes the target schema. */
    public PlanProposal plan() {
        return plan(new NewSchema());
    }

    /** A plan onto the schema that the application's own migrations have already made in the target. */
    public PlanProposal planOnto(PgConnections target) {
        return plan(ExistingSchema.read(target, options.string(Options.TARGET_SCHEMA)));
    }

    private PlanProposal plan(TargetSchema schema) {
        try (Connection connection = file.openReadOnly()) {
            SqliteCatalog catalog = new SqliteCatalog(connection);
            List<Finding> findings = new ArrayList<>();
            for (String name : catalog.leftOut()) {
                findings.add(Finding.info(
                        "PLAN-LEFT-OUT",
                        name,
                        "is a view, a virtual table or belongs to one; such cannot be captured",
                        "Make its counterpart on PostgreSQL by hand, for instance in hooks after the load"));
            }
            for (String name : catalog.namedLikeOurs()) {
                findings.add(Finding.warning(
                        "PLAN-NAME-OURS",
                        name,
                        "begins with " + SqliteCatalog.OWN_PREFIX + ", as the tables of this program do",
                        "Left out of the plan, and left alone. Rename it where it is to be carried"));
            }
            Map<String, TableDraft> drafts = drafts(connection, catalog.tables(), schema, findings);
            Options given = options.with(
                    Options.DATABASE_FILE_PATH,
                    file.path().toAbsolutePath().normalize().toString());
            List<TablePlan> tables = joined(drafts, schema, findings);
            Map<String, Map<String, String>> reasons = new TreeMap<>();
            drafts.values().forEach(d -> reasons.put(d.source(), d.reasons()));
            return new PlanProposal(new Plan(name(), given, tables), findings, reasons);
        } catch (SQLException e) {
            throw file.failure("Profiling " + file.path(), e);
        }
    }

    private Map<String, TableDraft> drafts(
            Connection connection, List<SourceTable> tables, TargetSchema schema, List<Finding> findings)
            throws SQLException {
        TableScan scan = new TableScan(connection, options.number(Options.READ_TRANSACTION_MAX_MS));
        Map<String, TableDraft> drafts = new LinkedHashMap<>();
        for (SourceTable table : tables) {
            if (!schema.carries(table, findings)) {
                continue;
            }
            TableProfile profile = profile(connection, scan, table, tables, schema);
            KeyChoice key = KeyChoice.of(profile);
            findings.addAll(key.findings());
            key.key().flatMap(k -> schema.draft(profile, k, findings)).ifPresent(d -> drafts.put(table.name(), d));
        }
        return drafts;
    }

    private TableProfile profile(
            Connection connection, TableScan scan, SourceTable table, List<SourceTable> all, TargetSchema schema)
            throws SQLException {
        List<ColumnProfile> columns = new ArrayList<>();
        for (SourceTable.Column c : table.columns()) {
            DeclaredType declared = DeclaredType.of(c.declaredType(), table.strict());
            columns.add(new ColumnProfile(c, declared, schema.candidates(table, c, declared)));
        }
        List<ParentLookup> parents = table.foreignKeys().stream()
                .flatMap(k -> ParentLookup.of(table, k, all).stream())
                .toList();
        TableProfile profile =
                new TableProfile(table, columns, parents, TableProfile.expected(connection, table), progress);
        try {
            profile.read(scan);
        } catch (SQLException e) {
            throw file.failure("Profiling table " + table.name() + " of " + file.path(), e);
        }
        return profile;
    }

    /** Indexes first: foreign keys need unique constraints, partitions need to know both. */
    private List<TablePlan> joined(Map<String, TableDraft> drafts, TargetSchema schema, List<Finding> findings) {
        TargetNames relations = schema.relations(drafts.values());
        Map<String, List<IndexPlan>> indexes = new LinkedHashMap<>();
        Map<String, List<ForeignKeyPlan>> foreignKeys = new LinkedHashMap<>();
        drafts.forEach((source, d) ->
                indexes.put(source, d.made() ? new IndexChoice(d, relations, findings).indexes() : List.of()));
        ForeignKeyChoice choice = new ForeignKeyChoice(drafts, indexes, relations, findings);
        drafts.forEach((source, d) -> foreignKeys.put(source, choice.foreignKeys(d)));
        PartitionChoice partitions = new PartitionChoice(options, indexes, foreignKeys, findings);
        List<TablePlan> plans = new ArrayList<>();
        drafts.forEach((source, d) -> plans.add(d.plan(
                partitions.of(d),
                indexes.getOrDefault(source, List.of()),
                foreignKeys.getOrDefault(source, List.of()))));
        return plans;
    }

    /** The migration's name: the file's, without its ending, in characters that topics allow. */
    private String name() {
        String stem = String.valueOf(file.path().getFileName())
                .replaceFirst("\\.[^.]*$", "")
                .replaceAll("[^a-zA-Z0-9_-]+", "-");
        String bare = stem.replaceAll("^-+|-+$", "");
        return bare.isEmpty() ? "app" : bare.substring(0, Math.min(bare.length(), 60));
    }
}
