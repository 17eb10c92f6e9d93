package io.liteferry.core.planning;

import io.liteferry.core.preflight.Finding;
import io.liteferry.core.sqlite.SourceTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * One schema for several files: every table and column that any of them has, and only the indexes and foreign keys that
 * all of them have. Where a file lacks something, a finding says which.
 */
final class CommonSchema {
    private final Map<String, List<SourceTable>> byFile;
    private final List<Finding> findings;

    /** @param byFile the tables of each file, by the name of its source */
    CommonSchema(Map<String, List<SourceTable>> byFile, List<Finding> findings) {
        this.byFile = byFile;
        this.findings = findings;
    }

    List<SourceTable> tables() {
        Map<String, Map<String, SourceTable>> byName = new TreeMap<>();
        byFile.forEach((file, tables) -> tables.forEach(
                t -> byName.computeIfAbsent(t.name().toLowerCase(Locale.ROOT), n -> new LinkedHashMap<>())
                        .put(file, t)));
        List<SourceTable> common = new ArrayList<>();
        byName.values().forEach(copies -> common.add(common(copies)));
        return common;
    }

    private SourceTable common(Map<String, SourceTable> copies) {
        SourceTable common = copies.values().iterator().next();
        for (SourceTable copy : copies.values()) {
            common = joined(common, copy);
        }
        for (String file : byFile.keySet()) {
            SourceTable copy = copies.get(file);
            String lacks = copy == null ? "has no such table" : lacking(common, copy);
            if (!lacks.isEmpty()) {
                findings.add(Finding.warning(
                        "PLAN-SOURCE-DIFFERS",
                        common.name(),
                        "source " + file + " " + lacks,
                        "The table is not captured there, and the source not ready, until it has the same schema"));
            }
        }
        return common;
    }

    private static String lacking(SourceTable common, SourceTable copy) {
        if (!key(common).equals(key(copy)) || common.withoutRowid() != copy.withoutRowid()) {
            return "has another primary key";
        }
        List<String> columns = common.columns().stream()
                .map(SourceTable.Column::name)
                .filter(c -> copy.column(c).isEmpty())
                .toList();
        return columns.isEmpty() ? "" : "has no column " + String.join(", ", columns);
    }

    private static List<String> key(SourceTable table) {
        return table.primaryKey().stream()
                .map(c -> c.name().toLowerCase(Locale.ROOT))
                .toList();
    }

    private static SourceTable joined(SourceTable a, SourceTable b) {
        List<SourceTable.Column> columns = Stream.concat(
                        a.columns().stream()
                                .map(c -> b.column(c.name())
                                        .map(other -> c.notNull() && !other.notNull() ? nullable(c) : c)
                                        .orElseGet(() -> c.primaryKeyOrdinal() > 0 ? c : nullable(c))),
                        b.columns().stream()
                                .filter(c -> a.column(c.name()).isEmpty())
                                .map(CommonSchema::nullable))
                .toList();
        List<SourceTable.Index> indexes = a.indexes().stream()
                .filter(i -> b.indexes().stream().anyMatch(j -> same(i, j)))
                .toList();
        List<SourceTable.ForeignKey> foreignKeys =
                a.foreignKeys().stream().filter(b.foreignKeys()::contains).toList();
        return new SourceTable(
                a.name(), a.sql(), a.withoutRowid(), a.strict(), columns, indexes, foreignKeys, a.deletedHalfWay());
    }

    private static SourceTable.Column nullable(SourceTable.Column c) {
        return new SourceTable.Column(c.name(), c.declaredType(), false, c.defaultSql(), 0, c.hidden());
    }

    private static boolean same(SourceTable.Index i, SourceTable.Index j) {
        return i.unique() == j.unique()
                && i.origin().equals(j.origin())
                && i.terms().equals(j.terms())
                && i.where().equals(j.where());
    }
}
