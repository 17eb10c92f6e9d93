package io.liteferry.sink.write;

import io.liteferry.core.plan.TargetType;
import io.liteferry.core.postgres.PgSql;
import java.util.ArrayList;
import java.util.List;

/**
 * The statements that write one table by arrays.
 *
 * @param insert of rows, over those that are there; where rows move, those of the same keys must be deleted before
 * @param delete of keys
 * @param near says whether the table has a row between the least and the greatest of some keys
 */
record TableSql(String insert, String delete, String near) {
    TableSql(TargetTable table, List<TargetType> keyTypes) {
        this(
                "INSERT INTO " + table.qualified() + " (" + table.columnList()
                        + ") OVERRIDING SYSTEM VALUE SELECT * FROM unnest("
                        + BinaryArrays.placeholders(table.types()) + ") AS u (" + table.columnList() + ") ORDER BY "
                        + table.keyList() + onConflict(table),
                delete(table, keyTypes),
                near(table, keyTypes));
    }

    /** By the key's index: a join would be planned as a scan of the whole table, or of all partitions (2 ms against 150). */
    private static String delete(TargetTable table, List<TargetType> keyTypes) {
        String given = BinaryArrays.placeholders(keyTypes);
        if (keyTypes.size() == 1) {
            boolean padded = keyTypes.get(0).kind() == TargetType.Kind.CHAR;
            return "DELETE FROM " + table.qualified() + " t WHERE t." + table.keyList() + " = ANY (" + given
                    + (padded ? "::bpchar[])" : ")");
        }
        return "DELETE FROM " + table.qualified() + " t USING unnest(" + given + ") AS k (" + table.keyList()
                + ") WHERE " + keysEqual(table);
    }

    private static String near(TargetTable table, List<TargetType> keyTypes) {
        List<String> given = new ArrayList<>();
        List<String> there = new ArrayList<>();
        for (int position : table.key()) {
            String name = PgSql.name(table.columns().get(position));
            given.add(name + (table.collatedByBytes(position) ? " COLLATE \"C\"" : ""));
            there.add("t." + name);
        }
        String key = "(" + String.join(", ", there) + ")";
        String end = "(SELECT " + String.join(", ", given) + " FROM given ORDER BY ";
        return "WITH given AS (SELECT * FROM unnest(" + BinaryArrays.placeholders(keyTypes) + ") AS k ("
                + table.keyList() + ")) SELECT EXISTS (SELECT FROM " + table.qualified() + " t WHERE " + key + " >= "
                + end + String.join(", ", given) + " LIMIT 1) AND " + key + " <= " + end
                + String.join(" DESC, ", given) + " DESC LIMIT 1))";
    }

    /** {@code ON CONFLICT (key) DO UPDATE} of everything else; MERGE would scan every partition. Nothing where rows move. */
    static String onConflict(TargetTable table) {
        if (table.movesRows()) {
            return "";
        }
        List<String> assignments = new ArrayList<>();
        for (int i = 0; i < table.columns().size(); i++) {
            if (!table.key().contains(i)) {
                String name = PgSql.name(table.columns().get(i));
                assignments.add(name + " = EXCLUDED." + name);
            }
        }
        return " ON CONFLICT (" + table.keyList() + ") DO "
                + (assignments.isEmpty() ? "NOTHING" : "UPDATE SET " + String.join(", ", assignments));
    }

    static String keysEqual(TargetTable table) {
        List<String> terms = new ArrayList<>();
        for (int position : table.key()) {
            String name = PgSql.name(table.columns().get(position));
            boolean padded = table.types().get(position).kind() == TargetType.Kind.CHAR;
            terms.add("t." + name + " = k." + name + (padded ? "::bpchar" : ""));
        }
        return String.join(" AND ", terms);
    }
}
