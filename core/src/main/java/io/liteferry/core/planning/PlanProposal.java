package io.liteferry.core.planning;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.ForeignKeyPlan;
import io.liteferry.core.plan.IndexPlan;
import io.liteferry.core.plan.PartitionPlan;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.PlanFile;
import io.liteferry.core.plan.PlanNotes;
import io.liteferry.core.plan.PlanSchema;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.preflight.Finding;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A plan, why it is so, and what a person should decide.
 *
 * @param findings worst first
 * @param reasons why each column is as it is, by source names of table and column
 */
public record PlanProposal(Plan plan, List<Finding> findings, Map<String, Map<String, String>> reasons) {
    private static final ObjectMapper MAPPER = JsonMapper.builder().build();

    public PlanProposal {
        findings = findings.stream()
                .sorted(Comparator.comparing(Finding::severity)
                        .thenComparing(Finding::id)
                        .thenComparing(Finding::subject))
                .toList();
    }

    /** The same migration under another name. */
    public PlanProposal named(String name) {
        return new PlanProposal(
                new Plan(name, plan.options(), plan.tables(), plan.listed(), plan.served()), findings, reasons);
    }

    /** True where at least one table, or everything, cannot be carried as it is. */
    public boolean blocked() {
        return findings.stream().anyMatch(f -> f.severity() == Finding.Severity.BLOCKER);
    }

    /** The migration file with the findings on top and beside their tables, and a reason behind each column. */
    public String yaml() {
        List<String> top = new ArrayList<>();
        top.add("yaml-language-server: $schema=" + PlanSchema.FILE);
        top.add("Migration of " + plan.name() + ". Review it, edit it, then: liteferry apply --config FILE --dry-run");
        top.add("Editors complete and check it with: liteferry plan --schema > " + PlanSchema.FILE);
        Map<String, List<String>> beside = new LinkedHashMap<>();
        for (Finding f : findings) {
            List<String> lines = plan.table(tableOf(f.subject()))
                    .map(t -> beside.computeIfAbsent(t.source(), s -> new ArrayList<>()))
                    .orElse(top);
            lines.add(f.toString());
        }
        return PlanFile.yaml(plan, new PlanNotes(top, beside, reasons));
    }

    /** A subject is {@code table} or {@code table.column}; names may hold dots themselves. */
    private String tableOf(String subject) {
        return plan.tables().stream()
                .map(TablePlan::source)
                .filter(t -> subject.equals(t) || subject.startsWith(t + "."))
                .max(Comparator.comparingInt(String::length))
                .orElse("");
    }

    /** The same as one JSON document. */
    public ObjectNode json() {
        ObjectNode root = MAPPER.createObjectNode();
        root.put("apiVersion", PlanFile.API_VERSION).put("kind", "Plan").put("name", plan.name());
        root.set("options", MAPPER.valueToTree(plan.options().shareable()));
        if (plan.several()) {
            ArrayNode sources = root.putArray("sources");
            plan.sources()
                    .forEach(s -> sources.addObject()
                            .put("name", s.name())
                            .put("file", s.file())
                            .put("schema", s.schema()));
        }
        root.set("findings", MAPPER.valueToTree(findings));
        ArrayNode tables = root.putArray("tables");
        plan.tables().forEach(t -> table(tables.addObject(), t));
        ArrayNode steps = root.putArray("next_steps");
        if (blocked()) {
            steps.add("Look at the blockers among the findings.");
        }
        steps.add("liteferry plan FILE > migration.yaml and review it.");
        steps.add("liteferry apply --config migration.yaml --dry-run");
        return root;
    }

    private void table(ObjectNode out, TablePlan t) {
        out.put("name", t.source()).put("target", t.target()).put("existing", !t.made());
        out.put("rows", t.expectedRows());
        ObjectNode key = out.putObject("key");
        key.put("kind", t.key().kind().name().toLowerCase(java.util.Locale.ROOT));
        t.key().columns().forEach(key.putArray("columns")::add);
        t.partition().ifPresent(p -> {
            ObjectNode partition = out.putObject("partition");
            if (p instanceof PartitionPlan.ByHash hash) {
                partition.put("count", hash.partitions());
                hash.columns().forEach(partition.putArray("hash")::add);
            } else if (p instanceof PartitionPlan.ByRange range) {
                partition
                        .put("range", range.column())
                        .put("every", range.every().yaml());
            } else if (p instanceof PartitionPlan.ByList list) {
                partition.put("list", list.column());
            }
        });
        ArrayNode columns = out.putArray("columns");
        for (ColumnPlan c : t.columns()) {
            column(
                    columns.addObject(),
                    c,
                    reasons.getOrDefault(t.source(), Map.of()).getOrDefault(c.source(), ""));
        }
        ArrayNode indexes = out.putArray("indexes");
        for (IndexPlan i : t.indexes()) {
            ObjectNode index = indexes.addObject()
                    .put("name", i.name())
                    .put("unique", i.unique())
                    .put("constraint", i.constraint());
            i.terms().forEach(index.putArray("terms")::add);
            i.where().ifPresent(w -> index.put("where", w));
        }
        ArrayNode foreignKeys = out.putArray("foreign_keys");
        for (ForeignKeyPlan f : t.foreignKeys()) {
            ObjectNode foreignKey =
                    foreignKeys.addObject().put("name", f.name()).put("references", f.referencedTable());
            f.columns().forEach(foreignKey.putArray("columns")::add);
            f.referencedColumns().forEach(foreignKey.putArray("referenced_columns")::add);
            foreignKey.put("on_delete", f.onDelete()).put("on_update", f.onUpdate());
        }
        ArrayNode checks = out.putArray("checks");
        t.checks().forEach(c -> checks.addObject().put("name", c.name()).put("check", c.expression()));
    }

    private static void column(ObjectNode out, ColumnPlan c, String reason) {
        out.put("name", c.source())
                .put("target", c.target())
                .put("type", c.type().toString());
        out.put("encoding", c.encoding().yaml()).put("nullable", c.nullable()).put("identity", c.identity());
        c.defaultSql().ifPresent(d -> out.put("default", d));
        c.zone().ifPresent(z -> out.put("zone", z.getId()));
        if (c.collateC()) {
            out.put("collation", "C");
        }
        out.put("reason", reason);
    }
}
