package io.liteferry.core.plan;

import io.liteferry.core.plan.TargetType.Kind;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What must hold between the parts of a plan: no name dangles, none stands twice on the target. */
final class PlanChecks {
    private static final Set<Kind> INTEGERS = EnumSet.of(Kind.SMALLINT, Kind.INTEGER, Kind.BIGINT);
    private static final Set<Kind> TEXTS = EnumSet.of(Kind.TEXT, Kind.VARCHAR, Kind.CHAR);

    private final Map<String, TablePlan> byTarget = new HashMap<>();
    /** Where each name of a table or index stands, by the table's source name. */
    private final Map<String, String> relations = new HashMap<>();

    private PlanChecks() {}

    static void check(Map<TablePlan, YamlMap> tables) {
        PlanChecks checks = new PlanChecks();
        tables.forEach(checks::targetName);
        tables.forEach(checks::columns);
        tables.forEach(checks::indexes);
        tables.forEach(checks::checks);
        tables.forEach(checks::foreignKeys);
        tables.forEach(new MaskChecks(tables.keySet())::check);
        PartitionText.check(tables);
    }

    private void targetName(TablePlan t, YamlMap yaml) {
        name(t.target(), yaml, "target");
        TablePlan other = byTarget.putIfAbsent(t.target(), t);
        if (other != null) {
            yaml.problemAt(List.of("target"), ": " + t.target() + " is the target of " + other.source());
        }
        relations.put(t.target(), t.source());
    }

    private void columns(TablePlan t, YamlMap yaml) {
        Set<String> seen = new HashSet<>();
        for (ColumnPlan c : t.columns()) {
            List<String> place = List.of("columns", c.source());
            name(c.target(), yaml, "columns", c.source());
            if (!seen.add(c.target()) || c.target().equals(KeyPlan.ROWID_COLUMN)) {
                yaml.problemAt(place, ": target " + c.target() + " is taken");
            }
            if (TargetNames.isSystemColumn(c.target())) {
                yaml.problemAt(place, ": " + c.target() + " is a system column of PostgreSQL");
            }
            if (t.made()) {
                possible(t, c, yaml, place);
            }
        }
    }

    /** What PostgreSQL would refuse when the table is made. */
    private static void possible(TablePlan t, ColumnPlan c, YamlMap yaml, List<String> place) {
        Kind kind = c.type().kind();
        if (c.identity() && !INTEGERS.contains(kind)) {
            yaml.problemAt(place, ": identity is for smallint, integer and bigint, not for " + c.type());
        }
        if (c.identity() && c.defaultSql().isPresent()) {
            yaml.problemAt(place, ": an identity column has no default of its own");
        }
        if (c.collateC() && !TEXTS.contains(kind)) {
            yaml.problemAt(place, ": collation is for text, not for " + c.type());
        }
        if (kind == Kind.JSON && t.key().columns().contains(c.source())) {
            yaml.problemAt(place, ": a key cannot be json, which PostgreSQL cannot compare; jsonb or text can");
        }
    }

    private void indexes(TablePlan t, YamlMap yaml) {
        for (IndexPlan i : t.indexes()) {
            name(i.name(), yaml, "indexes", i.name());
            // Tables and indexes share one name space.
            String other = relations.putIfAbsent(i.name(), t.source());
            if (other != null) {
                yaml.problemAt(List.of("indexes", i.name()), ": the name is taken, by table " + other);
            }
            List<String> texts = new ArrayList<>(i.terms());
            i.where().ifPresent(texts::add);
            for (String text : texts) {
                QuotedNames.of(text).forEach(n -> known(t, n, yaml, "indexes", i.name()));
            }
        }
    }

    private void checks(TablePlan t, YamlMap yaml) {
        for (CheckPlan c : t.checks()) {
            name(c.name(), yaml, "checks", c.name());
            QuotedNames.of(c.expression()).forEach(n -> known(t, n, yaml, "checks", c.name()));
        }
    }

    private void foreignKeys(TablePlan t, YamlMap yaml) {
        for (ForeignKeyPlan f : t.foreignKeys()) {
            f.columns().forEach(c -> known(t, c, yaml, "foreign_keys", f.name()));
            TablePlan referenced = byTarget.get(f.referencedTable());
            if (referenced == null) {
                yaml.problemAt(
                        List.of("foreign_keys", f.name()),
                        ": no table has the target " + f.referencedTable()
                                + PlanProblems.didYouMean(f.referencedTable(), byTarget.keySet()));
            } else {
                f.referencedColumns().forEach(c -> known(referenced, c, yaml, "foreign_keys", f.name()));
            }
        }
    }

    private static void known(TablePlan t, String target, YamlMap yaml, String... steps) {
        List<String> names = t.columns().stream().map(ColumnPlan::target).toList();
        if (!names.contains(target)) {
            yaml.problemAt(
                    List.of(steps),
                    ": " + t.target() + " has no column " + target + PlanProblems.didYouMean(target, names));
        }
    }

    private static void name(String target, YamlMap yaml, String... steps) {
        if (!TargetNames.fits(target)) {
            yaml.problemAt(
                    List.of(steps),
                    ": a name in PostgreSQL has 1 to " + TargetNames.LONGEST_BYTES + " bytes of UTF-8 and no NUL");
        }
    }
}
