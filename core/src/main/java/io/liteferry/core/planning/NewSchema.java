package io.liteferry.core.planning;

import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.KeyPlan;
import io.liteferry.core.plan.TargetNames;
import io.liteferry.core.plan.TargetType.Kind;
import io.liteferry.core.planning.ColumnProfile.Candidate;
import io.liteferry.core.planning.DeclaredType.Meaning;
import io.liteferry.core.preflight.Finding;
import io.liteferry.core.sqlite.SourceTable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The schema that {@code apply} makes: SQLite's names as they are, types by declaration and values. */
final class NewSchema implements TargetSchema {
    private static final int MOST_COLUMNS = 1_600;

    private final TargetNames tableNames = new TargetNames();

    @Override
    public boolean carries(SourceTable table, List<Finding> findings) {
        if (table.columns().size() >= MOST_COLUMNS) {
            findings.add(Finding.blocker(
                    "PLAN-TOO-MANY-COLUMNS",
                    table.name(),
                    "has " + table.columns().size() + " columns; PostgreSQL takes " + MOST_COLUMNS + " at the most",
                    "Left out of the plan. Split the table"));
            return false;
        }
        return true;
    }

    @Override
    public List<Candidate> candidates(SourceTable table, SourceTable.Column column, DeclaredType declared) {
        return declared.candidates().stream()
                .map(m -> new Candidate(m, ValueTest.of(m, declared.affinity())))
                .toList();
    }

    @Override
    public Optional<TableDraft> draft(TableProfile profile, KeyPlan key, List<Finding> findings) {
        SourceTable table = profile.table();
        Set<String> keyColumns = new HashSet<>();
        key.columns().forEach(c -> keyColumns.add(c.toLowerCase(Locale.ROOT)));
        TargetNames names = new TargetNames();
        List<ColumnPlan> columns = new ArrayList<>();
        Map<String, String> reasons = new LinkedHashMap<>();
        for (ColumnProfile c : profile.columns()) {
            boolean inKey = keyColumns.contains(c.column().name().toLowerCase(Locale.ROOT));
            ColumnChoice choice = ColumnChoice.of(table.name(), c, inKey);
            findings.addAll(choice.findings());
            ColumnPlan plan = column(table, c, choice.meaning(), inKey, names, findings);
            columns.add(plan);
            reasons.put(plan.source(), choice.why() + (c.column().generated() ? "; generated" : ""));
        }
        return Optional.of(new TableDraft(profile, tableName(table, findings), key, columns, reasons, true));
    }

    private ColumnPlan column(
            SourceTable table,
            ColumnProfile profile,
            Meaning meaning,
            boolean inKey,
            TargetNames names,
            List<Finding> findings) {
        SourceTable.Column source = profile.column();
        String subject = table.name() + "." + source.name();
        String target = names.column(source.name());
        renamed(subject, source.name(), target, findings);
        boolean identity = table.rowidAlias().filter(source::equals).isPresent()
                && meaning.type().kind() == Kind.BIGINT;
        boolean notNull = inKey || (source.notNull() || identity) && profile.nulls() == 0;
        Kind kind = meaning.type().kind();
        return new ColumnPlan(
                source.name(),
                target,
                meaning.type(),
                meaning.encoding(),
                !notNull,
                defaultSql(subject, source, meaning, findings),
                Optional.empty(),
                identity,
                inKey && (kind == Kind.TEXT || kind == Kind.VARCHAR));
    }

    private static Optional<String> defaultSql(
            String subject, SourceTable.Column source, Meaning meaning, List<Finding> findings) {
        if (source.generated() || DefaultTranslation.nothing(source.defaultSql())) {
            return Optional.empty();
        }
        String written = source.defaultSql().orElse("");
        Optional<String> translated = DefaultTranslation.of(written, meaning);
        if (translated.isEmpty()) {
            findings.add(Finding.warning(
                    "PLAN-DEFAULT-LEFT-OUT",
                    subject,
                    "DEFAULT " + written + " is not carried: it may mean something else for " + meaning.type(),
                    "Set default: in the plan, or let the application give the value"));
        }
        return translated;
    }

    private String tableName(SourceTable table, List<Finding> findings) {
        String target = tableNames.relation(table.name());
        renamed(table.name(), table.name(), target, findings);
        if (target.startsWith("pg_")) {
            findings.add(Finding.warning(
                    "PLAN-NAME-CATALOGUE",
                    table.name(),
                    "PostgreSQL finds its own catalogue first where " + target + " is named without a schema",
                    "Name it with its schema, or set another target"));
        }
        return target;
    }

    private static void renamed(String subject, String source, String target, List<Finding> findings) {
        if (!target.equals(source)) {
            findings.add(Finding.warning(
                    "PLAN-NAME-CHANGED",
                    subject,
                    "PostgreSQL cannot hold this name, or it is taken; planned as " + target,
                    "Set target: to a name you prefer"));
        }
    }

    @Override
    public TargetNames relations(Collection<TableDraft> drafts) {
        // Tables, their keys' indexes and all other indexes share one name space.
        drafts.forEach(d -> tableNames.reserve(d.target() + "_pkey"));
        return tableNames;
    }
}
