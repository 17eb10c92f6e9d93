package io.liteferry.core.planning;

import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.TargetType.Kind;
import io.liteferry.core.preflight.Finding;
import io.liteferry.core.sqlite.SourceTable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** What a person should decide or know about a whole table: its shape, the zone of its times, what is not carried. */
final class TableAdvice {
    /** A row must fit one page of 8 KiB, of which header and line pointer take some. */
    private static final long PAGE_BYTES = 8_160;

    private static final long ROW_HEADER_BYTES = 28;
    /** What is left in the row of a value that PostgreSQL stores outside of it. */
    private static final long POINTER_BYTES = 18;

    private static final int WIDE_COLUMNS = 100;
    private static final long SPARSE_MIN_ROWS = 1_000;
    private static final int SPARSE_MIN_COLUMNS = 3;
    private static final double SPARSE_SHARE = 0.95;

    private TableAdvice() {}

    static List<Finding> of(TableDraft table) {
        List<Finding> findings = new ArrayList<>();
        width(table, findings);
        sparse(table, findings);
        zones(table, findings);
        keyWithoutCase(table, findings);
        List<String> generated = names(table, c -> c.column().generated());
        if (!generated.isEmpty()) {
            findings.add(Finding.info(
                    "PLAN-GENERATED",
                    table.source(),
                    "SQLite computes " + String.join(", ", generated) + "; planned as plain columns with its values",
                    "PostgreSQL does not compute them; after the switch the application or a trigger must"));
        }
        return findings;
    }

    private static void width(TableDraft table, List<Finding> findings) {
        long bytes = ROW_HEADER_BYTES + table.columns().size() / Byte.SIZE;
        for (ColumnPlan c : table.columns()) {
            bytes += inRow(c, table.profile().column(c.source()).widestBytes());
        }
        if (bytes > PAGE_BYTES) {
            findings.add(Finding.warning(
                    "PLAN-TABLE-WIDE",
                    table.source(),
                    "a row with all its " + table.columns().size() + " columns at their widest needs "
                            + ColumnProfile.number(bytes) + " bytes; PostgreSQL refuses rows above "
                            + ColumnProfile.number(PAGE_BYTES),
                    "Leave columns out of the plan, or split the table in the application"));
        } else if (table.columns().size() >= WIDE_COLUMNS) {
            findings.add(Finding.info(
                    "PLAN-TABLE-WIDE",
                    table.source(),
                    "has " + table.columns().size() + " columns; PostgreSQL writes the whole row at each update",
                    "Move columns that change often, or seldom hold a value, to a table of their own"));
        }
    }

    private static long inRow(ColumnPlan c, long widest) {
        return switch (c.type().kind()) {
            case BOOLEAN -> 1;
            case SMALLINT, INTEGER, REAL, DATE -> 4;
            case BIGINT, DOUBLE, TIME, TIMESTAMP, TIMESTAMPTZ -> 8;
            case UUID -> 16;
            default -> Math.min(POINTER_BYTES, 4 + widest);
        };
    }

    private static void sparse(TableDraft table, List<Finding> findings) {
        List<String> sparse = names(
                table,
                c -> c.values() + c.nulls() >= SPARSE_MIN_ROWS && c.nulls() >= SPARSE_SHARE * (c.values() + c.nulls()));
        if (sparse.size() >= SPARSE_MIN_COLUMNS) {
            findings.add(Finding.info(
                    "PLAN-TABLE-SPARSE",
                    table.source(),
                    sparse.size() + " columns are NULL in 95 of 100 rows or more: " + String.join(", ", sparse),
                    "NULL costs PostgreSQL one bit. Leave out of the plan what nobody needs; the rest may become one jsonb"
                            + " column, or a table of its own, after the switch"));
        }
    }

    private static void zones(TableDraft table, List<Finding> findings) {
        List<String> naive = table.columns().stream()
                .filter(c -> c.type().kind() == Kind.TIMESTAMP)
                .map(ColumnPlan::source)
                .toList();
        if (!naive.isEmpty()) {
            findings.add(
                    Finding.info(
                            "PLAN-ZONE-NAIVE",
                            table.source(),
                            "the times in " + String.join(", ", naive)
                                    + " carry no zone; planned as timestamp, as they are",
                            "Where they are moments, set type: timestamptz, encoding: iso8601 and the zone: they were written in"));
        }
    }

    private static void keyWithoutCase(TableDraft table, List<Finding> findings) {
        SourceTable source = table.profile().table();
        boolean folded = source.indexes().stream()
                .filter(i -> i.origin().equals("pk") && !table.key().isRowid())
                .flatMap(i -> i.terms().stream())
                .anyMatch(t -> t.collation().equalsIgnoreCase("NOCASE"));
        if (folded) {
            findings.add(Finding.warning(
                    "PLAN-KEY-NOCASE",
                    table.source(),
                    "the primary key compares without case; PostgreSQL's tells case apart and would take both spellings",
                    "To keep them apart after the switch add to indexes: a unique one on lower(…) of the key"));
        }
    }

    private static List<String> names(TableDraft table, Predicate<ColumnProfile> wanted) {
        return table.profile().columns().stream()
                .filter(wanted)
                .map(c -> c.column().name())
                .toList();
    }
}
