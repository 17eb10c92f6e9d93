package io.liteferry.core.planning;

import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.ForeignKeyPlan;
import io.liteferry.core.plan.IndexPlan;
import io.liteferry.core.plan.TargetNames;
import io.liteferry.core.plan.TargetType.Kind;
import io.liteferry.core.postgres.PgSql;
import io.liteferry.core.preflight.Finding;
import io.liteferry.core.sqlite.SourceTable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The foreign keys that PostgreSQL can hold; the others are listed, and so are rows whose parents are missing. */
final class ForeignKeyChoice {
    private final Map<String, TableDraft> tables;
    private final Map<String, List<IndexPlan>> indexes;
    private final TargetNames names;
    private final List<Finding> findings;

    /** @param tables and {@code indexes} by source name */
    ForeignKeyChoice(
            Map<String, TableDraft> tables,
            Map<String, List<IndexPlan>> indexes,
            TargetNames names,
            List<Finding> findings) {
        this.tables = tables;
        this.indexes = indexes;
        this.names = names;
        this.findings = findings;
    }

    List<ForeignKeyPlan> foreignKeys(TableDraft child) {
        List<ForeignKeyPlan> plans = new ArrayList<>();
        List<SourceTable> sources =
                tables.values().stream().map(t -> t.profile().table()).toList();
        for (SourceTable.ForeignKey key : child.profile().table().foreignKeys()) {
            String subject = child.source() + "." + String.join(", ", key.columns());
            long orphans = child.profile().orphans(key);
            if (orphans > 0) {
                findings.add(Finding.warning(
                        "PLAN-ORPHANS",
                        subject,
                        ColumnProfile.number(orphans) + " rows refer to rows of " + key.referencedTable()
                                + " that are not there",
                        "The rows are carried, but the foreign key cannot be made until the source is corrected"));
            }
            Optional<ParentLookup> lookup = ParentLookup.of(child.profile().table(), key, sources);
            if (!child.made()) {
                continue; // the target keeps its own
            }
            if (lookup.isEmpty()) {
                leaveOut(subject, "its parent " + key.referencedTable() + " is not in the plan or has no such key");
            } else {
                plan(child, lookup.get(), subject).ifPresent(plans::add);
            }
        }
        return plans;
    }

    private Optional<ForeignKeyPlan> plan(TableDraft child, ParentLookup lookup, String subject) {
        TableDraft parent = tables.get(lookup.parent().name());
        if (parent == null) {
            return leaveOut(subject, "its parent " + lookup.parent().name() + " is not in the plan");
        }
        List<String> columns = new ArrayList<>();
        List<String> referenced = new ArrayList<>();
        for (int i = 0; i < lookup.parentColumns().size(); i++) {
            ColumnPlan from = child.column(lookup.key().columns().get(i)).orElseThrow();
            ColumnPlan to = parent.column(lookup.parentColumns().get(i)).orElseThrow();
            if (!comparable(from, to)) {
                return leaveOut(
                        subject,
                        from.target() + " is " + from.type() + ", " + parent.target() + "." + to.target() + " is "
                                + to.type());
            }
            columns.add(from.target());
            referenced.add(to.target());
        }
        if (!unique(parent, referenced)) {
            return leaveOut(subject, "PostgreSQL has no unique constraint on " + parent.target() + " for it");
        }
        return Optional.of(new ForeignKeyPlan(
                names.relation(child.target() + "_" + String.join("_", columns) + "_fkey"),
                columns,
                parent.target(),
                referenced,
                lookup.key().onDelete(),
                lookup.key().onUpdate()));
    }

    private static boolean comparable(ColumnPlan from, ColumnPlan to) {
        boolean texts = isText(from) && isText(to);
        return from.encoding() == to.encoding()
                && (texts || from.type().kind() == to.type().kind());
    }

    private static boolean isText(ColumnPlan c) {
        return c.type().kind() == Kind.TEXT || c.type().kind() == Kind.VARCHAR;
    }

    private boolean unique(TableDraft parent, List<String> referenced) {
        List<String> key = parent.key().columns().stream()
                .map(c -> parent.column(c).orElseThrow().target())
                .toList();
        HashSet<String> wanted = new HashSet<>(referenced);
        if (wanted.equals(new HashSet<>(key))) {
            return true;
        }
        List<String> terms = referenced.stream().map(PgSql::name).toList();
        return indexes.getOrDefault(parent.source(), List.of()).stream()
                .anyMatch(i -> i.constraint() && new HashSet<>(i.terms()).equals(new HashSet<>(terms)));
    }

    private Optional<ForeignKeyPlan> leaveOut(String subject, String reason) {
        findings.add(Finding.warning(
                "PLAN-FOREIGN-KEY-LEFT-OUT",
                subject,
                "the foreign key is not carried: " + reason,
                "Create what you need by hand after the load"));
        return Optional.empty();
    }
}
