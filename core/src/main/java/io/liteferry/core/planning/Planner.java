package io.liteferry.core.planning;

import io.liteferry.core.options.Options;
import io.liteferry.core.plan.ForeignKeyPlan;
import io.liteferry.core.plan.IndexPlan;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.Source;
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
import java.util.concurrent.atomic.AtomicLong;

/**
 * Proposes a migration: profiles every value of every table, read only and in short transactions, and decides keys,
 * types, indexes and partitions by the values of all files together. The same files give the same plan.
 */
public final class Planner {
    private final String name;
    private final Map<String, SqliteFile> sources;
    private final boolean listed;
    private final Options options;
    private final PlanProgress progress;

    public Planner(SqliteFile file, Options options) {
        this(file, options, PlanProgress.SILENT);
    }

    public Planner(SqliteFile file, Options options, PlanProgress progress) {
        this(SourceNames.migration(file.path()), Map.of("", file), false, options, progress);
    }

    /**
     * A migration of several files by the same tables.
     *
     * @param name of the migration
     * @param sources files by the name of their source, in the order of the list
     */
    public Planner(String name, Map<String, SqliteFile> sources, Options options, PlanProgress progress) {
        this(name, sources, true, options, progress);
    }

    private Planner(
            String name, Map<String, SqliteFile> sources, boolean listed, Options options, PlanProgress progress) {
        this.name = name;
        this.sources = new LinkedHashMap<>(sources);
        this.listed = listed;
        this.options = options;
        this.progress = progress;
    }

    /** What one file's schema lacks of the others'; reads the catalogues only. */
    public List<Finding> differences() {
        List<Finding> findings = new ArrayList<>();
        new CommonSchema(catalogs(new AtomicLong(), new ArrayList<>()), findings).tables();
        return findings;
    }

    private Map<String, List<SourceTable>> catalogs(AtomicLong expected, List<Finding> findings) {
        Map<String, List<SourceTable>> byFile = new LinkedHashMap<>();
        sources.forEach((source, file) -> byFile.put(source, catalog(file, expected, findings)));
        return byFile;
    }

    /** A plan that makes the target schema. */
    public PlanProposal plan() {
        return plan(new NewSchema());
    }

    /** A plan onto the schema that the application's own migrations have already made in the target. */
    public PlanProposal planOnto(PgConnections target) {
        return plan(ExistingSchema.read(target, options.string(Options.TARGET_SCHEMA), false));
    }

    /** The same to compare with what stands there: tables too whose rows no key identifies, planned by their rowid. */
    public PlanProposal planBeside(PgConnections target) {
        return plan(ExistingSchema.read(target, options.string(Options.TARGET_SCHEMA), true));
    }

    private PlanProposal plan(TargetSchema schema) {
        List<Finding> findings = new ArrayList<>();
        AtomicLong expected = new AtomicLong();
        Map<String, List<SourceTable>> byFile = catalogs(expected, findings);
        List<SourceTable> tables = new CommonSchema(byFile, findings).tables();
        Map<String, TableProfile> profiles = new LinkedHashMap<>();
        for (SourceTable table : tables) {
            if (schema.carries(table, findings)) {
                profiles.put(table.name(), profile(table, tables, schema, expected.get()));
            }
        }
        sources.forEach((source, file) ->
                read(file, byFile.getOrDefault(source, List.of()), sources.size() == 1 ? "" : source + " ", profiles));
        Map<String, TableDraft> drafts = new LinkedHashMap<>();
        profiles.forEach((name, profile) -> {
            KeyChoice key = KeyChoice.of(profile);
            findings.addAll(key.findings());
            key.key().flatMap(k -> schema.draft(profile, k, findings)).ifPresent(d -> drafts.put(name, d));
        });
        List<TablePlan> plans = joined(drafts, schema, findings);
        Map<String, Map<String, String>> reasons = new TreeMap<>();
        drafts.values().forEach(d -> reasons.put(d.source(), d.reasons()));
        return new PlanProposal(plan(plans), findings, reasons);
    }

    private Plan plan(List<TablePlan> tables) {
        if (!listed) {
            SqliteFile only = sources.values().iterator().next();
            Options given = options.with(Options.DATABASE_FILE_PATH, absolute(only));
            return new Plan(name, given, tables);
        }
        List<Source> list = new ArrayList<>();
        sources.forEach((source, file) -> list.add(new Source(source, absolute(file), source, list.size())));
        return new Plan(name, options, tables, list, List.of());
    }

    private static String absolute(SqliteFile file) {
        return file.path().toAbsolutePath().normalize().toString();
    }

    private List<SourceTable> catalog(SqliteFile file, AtomicLong expected, List<Finding> findings) {
        try (Connection connection = file.openReadOnly()) {
            SqliteCatalog catalog = new SqliteCatalog(connection);
            catalog.leftOut().forEach((left, kind) -> {
                Finding finding = Finding.info(
                        "PLAN-LEFT-OUT",
                        left,
                        "is a " + kind + ", which holds no rows that could be captured",
                        "Make its counterpart on PostgreSQL by hand after the load");
                if (!findings.contains(finding)) {
                    findings.add(finding);
                }
            });
            for (String ours : catalog.namedLikeOurs()) {
                findings.add(Finding.warning(
                        "PLAN-NAME-OURS",
                        ours,
                        "begins with " + SqliteCatalog.OWN_PREFIX + ", as the tables of this program do",
                        "Left out of the plan, and left alone. Rename it where it is to be carried"));
            }
            List<SourceTable> tables = catalog.tables();
            for (SourceTable table : tables) {
                expected.addAndGet(TableProfile.expected(connection, table));
            }
            return tables;
        } catch (SQLException e) {
            throw file.failure("Profiling " + file.path(), e);
        }
    }

    private TableProfile profile(SourceTable table, List<SourceTable> all, TargetSchema schema, long expected) {
        List<ColumnProfile> columns = new ArrayList<>();
        for (SourceTable.Column c : table.columns()) {
            DeclaredType declared = DeclaredType.of(c.declaredType(), table.strict());
            columns.add(new ColumnProfile(c, declared, schema.candidates(table, c, declared)));
        }
        List<ParentLookup> parents = table.foreignKeys().stream()
                .flatMap(k -> ParentLookup.of(table, k, all).stream())
                .toList();
        return new TableProfile(table, columns, parents, expected, progress);
    }

    private void read(SqliteFile file, List<SourceTable> tables, String whose, Map<String, TableProfile> profiles) {
        String reading = "";
        try (Connection connection = file.openReadOnly()) {
            TableScan scan = new TableScan(connection, options.number(Options.READ_TRANSACTION_MAX_MS));
            for (TableProfile profile : profiles.values()) {
                for (SourceTable copy : tables) {
                    if (copy.name().equalsIgnoreCase(profile.table().name())) {
                        reading = "table " + copy.name() + " of ";
                        profile.read(scan, copy, tables, whose);
                    }
                }
            }
        } catch (SQLException e) {
            throw file.failure("Profiling " + reading + file.path(), e);
        }
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
        drafts.values().stream().filter(TableDraft::made).forEach(d -> {
            findings.addAll(IndexAdvice.of(d));
            findings.addAll(TableAdvice.of(d));
        });
        drafts.forEach((source, d) -> plans.add(d.plan(
                partitions.of(d),
                indexes.getOrDefault(source, List.of()),
                foreignKeys.getOrDefault(source, List.of()),
                d.made() ? CheckChoice.checks(d, relations, findings) : List.of())));
        return plans;
    }
}
