package io.liteferry.core.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What must hold between the parts of a plan: no name dangles, none stands twice on the target. */
final class PlanChecks {
    /** A string literal, or a quoted name: group 1. */
    private static final Pattern QUOTED = Pattern.compile("'(?:[^']|'')*'|\"((?:[^\"]|\"\")*)\"");

    private final PlanProblems problems;
    private final Map<String, TablePlan> byTarget = new HashMap<>();

    private PlanChecks(PlanProblems problems) {
        this.problems = problems;
    }

    static void check(Map<TablePlan, YamlMap> tables, PlanProblems problems) {
        PlanChecks checks = new PlanChecks(problems);
        tables.forEach(checks::targetName);
        tables.forEach(checks::columns);
        tables.forEach(checks::indexes);
        tables.forEach(checks::foreignKeys);
        PartitionText.check(tables, problems);
    }

    private void targetName(TablePlan t, YamlMap yaml) {
        name(t.target(), yaml, "target");
        TablePlan other = byTarget.putIfAbsent(t.target(), t);
        if (other != null) {
            problems.add(yaml.node(), yaml.at("target") + ": " + t.target() + " is the target of " + other.source());
        }
    }

    private void columns(TablePlan t, YamlMap yaml) {
        List<String> seen = new ArrayList<>();
        for (ColumnPlan c : t.columns()) {
            name(c.target(), yaml, "columns." + c.source());
            if (seen.contains(c.target()) || c.target().equals(KeyPlan.ROWID_COLUMN)) {
                problems.add(yaml.node(), yaml.at("columns." + c.source()) + ": target " + c.target() + " is taken");
            }
            if (TargetNames.isSystemColumn(c.target())) {
                problems.add(
                        yaml.node(),
                        yaml.at("columns." + c.source()) + ": " + c.target() + " is a system column of PostgreSQL");
            }
            seen.add(c.target());
        }
    }

    private void indexes(TablePlan t, YamlMap yaml) {
        for (IndexPlan i : t.indexes()) {
            name(i.name(), yaml, "indexes");
            List<String> texts = new ArrayList<>(i.terms());
            i.where().ifPresent(texts::add);
            for (String text : texts) {
                Matcher m = QUOTED.matcher(text);
                while (m.find()) {
                    if (m.group(1) != null) {
                        known(t, m.group(1).replace("\"\"", "\""), yaml, "indexes." + i.name());
                    }
                }
            }
        }
    }

    private void foreignKeys(TablePlan t, YamlMap yaml) {
        for (ForeignKeyPlan f : t.foreignKeys()) {
            String path = "foreign_keys." + f.name();
            f.columns().forEach(c -> known(t, c, yaml, path));
            TablePlan referenced = byTarget.get(f.referencedTable());
            if (referenced == null) {
                problems.add(
                        yaml.node(),
                        yaml.at(path) + ": no table has the target " + f.referencedTable()
                                + PlanProblems.didYouMean(f.referencedTable(), byTarget.keySet()));
            } else {
                f.referencedColumns().forEach(c -> known(referenced, c, yaml, path));
            }
        }
    }

    private void known(TablePlan t, String target, YamlMap yaml, String path) {
        List<String> names = t.columns().stream().map(ColumnPlan::target).toList();
        if (!names.contains(target)) {
            problems.add(
                    yaml.node(),
                    yaml.at(path) + ": " + t.target() + " has no column " + target
                            + PlanProblems.didYouMean(target, names));
        }
    }

    private void name(String target, YamlMap yaml, String path) {
        if (!TargetNames.fits(target)) {
            problems.add(
                    yaml.node(),
                    yaml.at(path) + ": a name in PostgreSQL has 1 to " + TargetNames.LONGEST_BYTES
                            + " bytes of UTF-8 and no NUL");
        }
    }
}
