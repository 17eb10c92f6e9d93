package io.liteferry.core.planning;

import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.Encoding;
import io.liteferry.core.plan.KeyPlan;
import io.liteferry.core.plan.TargetNames;
import io.liteferry.core.plan.TargetType;
import io.liteferry.core.plan.TargetType.Kind;
import io.liteferry.core.planning.ColumnProfile.Candidate;
import io.liteferry.core.planning.DeclaredType.Meaning;
import io.liteferry.core.postgres.PgConnections;
import io.liteferry.core.preflight.Finding;
import io.liteferry.core.sqlite.SourceTable;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The schema that the application's own migrations have made: tables and columns are matched by name, types are taken as
 * they are, and the values decide the encodings. Its constraints, defaults and sequences are left alone.
 */
final class ExistingSchema implements TargetSchema {
    private static final Set<String> FRAMEWORK_TABLES = Set.of(
            "django_migrations", "schema_migrations", "ar_internal_metadata", "alembic_version", "_prisma_migrations");
    private static final ZoneId UTC = ZoneId.of("UTC");

    private final String schema;
    private final List<ExistingTable> tables;
    private final boolean keyless;

    ExistingSchema(String schema, List<ExistingTable> tables, boolean keyless) {
        this.schema = schema;
        this.tables = tables;
        this.keyless = keyless;
    }

    /** @param keyless whether a table without a key on both sides is planned too, by a rowid that the target lacks */
    static ExistingSchema read(PgConnections target, String schema, boolean keyless) {
        try (Connection connection = target.open("liteferry-plan")) {
            connection.setReadOnly(true);
            return new ExistingSchema(schema, ExistingTable.read(connection, schema), keyless);
        } catch (SQLException e) {
            throw PgConnections.failure("Reading schema " + schema + " of the target", e);
        }
    }

    /** True for a framework's own record of its migrations. */
    static boolean isFrameworks(String table) {
        return FRAMEWORK_TABLES.contains(table);
    }

    private Optional<ExistingTable> target(String source) {
        return ExistingTable.named(source, tables, ExistingTable::name);
    }

    @Override
    public boolean carries(SourceTable table, List<Finding> findings) {
        if (isFrameworks(table.name())) {
            findings.add(Finding.info(
                    "PLAN-FRAMEWORK-TABLE",
                    table.name(),
                    "is the framework's own record of its migrations",
                    "Left out; the target keeps its own"));
            return false;
        }
        Optional<ExistingTable> target = target(table.name());
        if (target.isEmpty()) {
            findings.add(Finding.warning(
                    "PLAN-TARGET-TABLE-MISSING",
                    table.name(),
                    "schema " + schema + " has no table of this name",
                    "Left out of the plan. Run the application's migrations on the target, or plan without --target"));
            return false;
        }
        if (!target.get().empty()) {
            findings.add(Finding.blocker(
                    "PLAN-TARGET-NOT-EMPTY",
                    table.name(),
                    "target table " + target.get().name() + " holds rows already",
                    "Empty it, or set existing: replace, and apply deletes them; nothing is merged into rows that did not come"
                            + " through the pipeline"));
        }
        return true;
    }

    @Override
    public List<Candidate> candidates(SourceTable table, SourceTable.Column column, DeclaredType declared) {
        return target(table.name())
                .flatMap(t -> t.column(column.name()))
                .flatMap(c -> c.type().map(type -> candidates(type, c.labels(), declared)))
                .orElseGet(() -> List.of(candidate(Meaning.plain(Kind.TEXT), declared)));
    }

    private static List<Candidate> candidates(TargetType type, List<String> labels, DeclaredType declared) {
        if (type.kind() == Kind.ENUM) {
            return List.of(
                    new Candidate(new Meaning(type, Encoding.PLAIN), v -> v.isText() && labels.contains(v.text())));
        }
        if (type.kind() == Kind.JSONB) {
            // The type is not ours to choose: jsonb may write the value differently, but must not lose any of it.
            return List.of(new Candidate(
                    new Meaning(type, Encoding.PLAIN),
                    v -> v.isText() && JsonText.look(v).heldByJsonb()));
        }
        Stream<Meaning> meanings =
                Stream.of(Encoding.values()).filter(e -> e.fits(type.kind())).map(e -> new Meaning(type, e));
        // Naive text can become timestamptz once a zone is chosen.
        Stream<Meaning> naive = type.kind() == Kind.TIMESTAMPTZ
                ? Stream.of(new Meaning(
                        new TargetType(Kind.TIMESTAMP, type.precision(), TargetType.NONE), Encoding.ISO8601))
                : Stream.empty();
        return Stream.concat(meanings, naive).map(m -> candidate(m, declared)).toList();
    }

    private static Candidate candidate(Meaning meaning, DeclaredType declared) {
        return new Candidate(meaning, ValueTest.of(meaning, declared.affinity()));
    }

    @Override
    public Optional<TableDraft> draft(TableProfile profile, KeyPlan chosen, List<Finding> findings) {
        String source = profile.table().name();
        ExistingTable target = target(source).orElseThrow();
        List<ColumnPlan> columns = new ArrayList<>();
        Map<String, String> reasons = new LinkedHashMap<>();
        for (ColumnProfile c : profile.columns()) {
            column(source, c, target, findings).ifPresent(plan -> {
                columns.add(plan);
                reasons.put(plan.source(), c.describe());
            });
        }
        boolean fed = true;
        for (ExistingTable.Column c : target.columns()) {
            if (columns.stream().noneMatch(p -> p.target().equals(c.name())) && !c.generated()) {
                fed &= missingInSource(source, c, findings);
            }
        }
        Optional<KeyPlan> key = key(profile, chosen, target, columns);
        if (key.isEmpty() && keyless) {
            findings.add(Finding.info(
                    "PLAN-TARGET-KEYLESS",
                    source,
                    "no key identifies its rows on both sides: compared as a multiset, without order",
                    "Nothing to do"));
            key = Optional.of(KeyPlan.rowid());
        } else if (key.isEmpty()) {
            findings.add(
                    Finding.blocker(
                            "PLAN-TARGET-KEY",
                            source,
                            "target table " + target.name() + " has "
                                    + (target.key().isEmpty()
                                            ? "no primary key and no unique index that is a key of the source"
                                            : "the primary key " + String.join(", ", target.key())
                                                    + ", which is not a key of the source or not of a type that keys can have"),
                            "Left out of the plan. Give both sides the same key, or drop the target table so that apply makes it"));
        }
        return fed && !columns.isEmpty()
                ? key.map(k -> new TableDraft(profile, target.name(), k, columns, reasons, false))
                : Optional.empty();
    }

    private static boolean missingInSource(String source, ExistingTable.Column c, List<Finding> findings) {
        boolean needed = c.notNull() && !c.supplied();
        findings.add(
                needed
                        ? Finding.blocker(
                                "PLAN-TARGET-COLUMN-EXTRA",
                                source + "." + c.name(),
                                "the target's column is NOT NULL without a default, and the source has none of this name",
                                "Table left out of the plan. Give the column a default, or bring both schemas to one version")
                        : Finding.warning(
                                "PLAN-TARGET-COLUMN-EXTRA",
                                source + "." + c.name(),
                                "the target has this column, the source has not",
                                "It gets its default or NULL"));
        return !needed;
    }

    private static Optional<ColumnPlan> column(
            String table, ColumnProfile profile, ExistingTable target, List<Finding> findings) {
        String subject = table + "." + profile.column().name();
        ExistingTable.Column found = target.column(profile.column().name()).orElse(null);
        if (found == null || found.generated()) {
            findings.add(
                    found == null
                            ? Finding.warning(
                                    "PLAN-TARGET-COLUMN-MISSING",
                                    subject,
                                    "the target table has no column of this name",
                                    "Its values are not carried. Bring both schemas to one version")
                            : Finding.info(
                                    "PLAN-TARGET-GENERATED",
                                    subject,
                                    "PostgreSQL computes this column itself",
                                    "Nothing to do"));
            return Optional.empty();
        }
        if (found.type().isEmpty()) {
            findings.add(Finding.warning(
                    "PLAN-TARGET-TYPE",
                    subject,
                    "the target's type " + found.written() + " cannot be carried",
                    "Its values are not carried. Change the type, for instance to text"));
            return Optional.empty();
        }
        Candidate best = profile.candidates().stream()
                .min(Comparator.comparingLong(Candidate::misfits))
                .orElseThrow();
        if (best.misfits() > 0) {
            misfits(subject, profile, best, found, findings);
        }
        if (found.notNull() && profile.nulls() > 0) {
            findings.add(Finding.warning(
                    "PLAN-QUARANTINE",
                    subject,
                    ColumnProfile.number(profile.nulls())
                            + " rows are NULL, the target's column is NOT NULL: they would be" + " put in quarantine",
                    "Correct these rows in the application, or drop NOT NULL in the target"));
        }
        boolean zoned = best.meaning().type().kind() == Kind.TIMESTAMP
                && found.type().get().kind() == Kind.TIMESTAMPTZ
                && profile.values() > 0;
        if (zoned) {
            findings.add(Finding.warning(
                    "PLAN-ZONE",
                    subject,
                    "times without a zone become timestamptz; read as UTC",
                    "Set zone: where the application wrote local time"));
        }
        return Optional.of(new ColumnPlan(
                profile.column().name(),
                found.name(),
                found.type().get(),
                best.meaning().encoding(),
                !found.notNull(),
                Optional.empty(),
                zoned ? Optional.of(UTC) : Optional.empty(),
                found.sequence(),
                found.collateC()));
    }

    private static void misfits(
            String subject, ColumnProfile profile, Candidate best, ExistingTable.Column found, List<Finding> findings) {
        boolean all = best.misfits() >= profile.values();
        String text = profile.describe() + "; in the target " + found.written() + ": " + best.misfitText();
        findings.add(
                all
                        ? Finding.blocker(
                                "PLAN-TARGET-TYPE-UNFIT",
                                subject,
                                text,
                                "Change the target's type, or carry the column another way")
                        : Finding.warning(
                                "PLAN-QUARANTINE",
                                subject,
                                text + " and would be put in quarantine",
                                "Correct these rows in the application, or change the target's type"));
    }

    /** The source key that is the target's primary key, or another unique index of it. */
    private static Optional<KeyPlan> key(
            TableProfile profile, KeyPlan chosen, ExistingTable target, List<ColumnPlan> columns) {
        return Stream.concat(Stream.of(target.key()), target.uniques().stream())
                .flatMap(k -> key(profile, chosen, k, columns).stream())
                .findFirst();
    }

    private static Optional<KeyPlan> key(
            TableProfile profile, KeyPlan chosen, List<String> targetKey, List<ColumnPlan> columns) {
        List<String> names = new ArrayList<>();
        for (String k : targetKey) {
            columns.stream().filter(c -> c.target().equals(k)).findFirst().ifPresent(c -> names.add(c.source()));
        }
        boolean comparable = columns.stream()
                .filter(c -> names.contains(c.source()))
                .allMatch(c -> c.type().kind() != Kind.ENUM && c.type().kind() != Kind.CITEXT);
        if (names.isEmpty() || names.size() != targetKey.size() || !comparable) {
            return Optional.empty();
        }
        if (folded(names).equals(folded(chosen.columns()))) {
            return Optional.of(chosen);
        }
        boolean noNulls = names.stream().allMatch(n -> profile.column(n).nulls() == 0);
        boolean unique = profile.table().indexes().stream()
                .filter(i -> i.unique() && i.where().isEmpty() && i.plainColumns())
                .anyMatch(i -> folded(i.terms().stream()
                                .map(t -> t.column().orElseThrow())
                                .toList())
                        .equals(folded(names)));
        return noNulls && unique ? Optional.of(new KeyPlan(KeyPlan.Kind.UNIQUE_INDEX, names)) : Optional.empty();
    }

    private static Set<String> folded(List<String> names) {
        Set<String> folded = new HashSet<>();
        names.forEach(n -> folded.add(n.toLowerCase(Locale.ROOT)));
        return folded;
    }

    @Override
    public TargetNames relations(Collection<TableDraft> drafts) {
        return new TargetNames();
    }
}
