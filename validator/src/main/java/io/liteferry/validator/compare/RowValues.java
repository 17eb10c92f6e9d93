package io.liteferry.validator.compare;

import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.row.RowKey;
import io.liteferry.core.row.SqliteValue;
import io.liteferry.validator.canonical.CanonicalKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The values of single rows on both sides, as a person reads them. For people who may see them: these are row data. */
public final class RowValues {
    private static final int LONGEST = 4_000;
    private static final String MASKED = "(masked)";

    private final Comparison sides;
    private final TableLayout layout;
    private final Recheck recheck;

    public RowValues(Comparison sides, TablePlan table) {
        this.sides = sides;
        this.layout = sides.layout(table);
        this.recheck = new Recheck(sides, table);
    }

    /**
     * One row: values by the source's column names.
     *
     * @param source SQL literals; empty where there is no such row
     * @param target PostgreSQL's text form, one map for each copy of the row; empty where there is none
     */
    public record Both(Optional<Map<String, String>> source, List<Map<String, String>> target) {}

    /**
     * Reads the rows at one pair of snapshots.
     *
     * @throws NotComparableException where the table cannot be compared now
     */
    public Map<RowKey, Both> of(List<RowKey> keys) throws NotComparableException {
        try {
            Comparison.Reach reach = sides.begin(layout);
            List<Suspect> suspects = keys.stream().map(recheck::suspect).toList();
            List<Optional<List<SqliteValue>>> source = sides.source(layout, reach, s -> {
                List<Optional<List<SqliteValue>>> found = new ArrayList<>();
                try (SourceSnapshot.LookUp lookUp = s.lookUp()) {
                    for (Suspect suspect : suspects) {
                        found.add(lookUp.values(suspect.spellings()));
                    }
                }
                return found;
            });
            Map<RowKey, Both> rows = new LinkedHashMap<>();
            for (int i = 0; i < keys.size(); i++) {
                CanonicalKey name = suspects.get(i).name();
                List<List<String>> target =
                        name == null ? List.of() : sides.target().text(layout, name, LONGEST);
                rows.put(
                        keys.get(i),
                        new Both(
                                source.get(i)
                                        .map(values -> named(values.stream()
                                                .map(v -> cut(v.toString()))
                                                .toList())),
                                target.stream().map(this::named).toList()));
            }
            return rows;
        } finally {
            sides.end();
        }
    }

    private Map<String, String> named(List<String> values) {
        Map<String, String> named = new LinkedHashMap<>();
        for (int i = 0; i < values.size(); i++) {
            ColumnPlan column = layout.columns().get(i);
            named.put(column.source(), column.mask().isPresent() ? MASKED : values.get(i));
        }
        return named;
    }

    private static String cut(String value) {
        return value.length() <= LONGEST ? value : value.substring(0, LONGEST) + "…";
    }
}
