package io.liteferry.core.plan;

import io.liteferry.core.plan.PartitionPlan.Detached;
import io.liteferry.core.plan.PartitionPlan.Nulls;
import io.liteferry.core.plan.PartitionPlan.Period;
import io.liteferry.core.postgres.PgSql;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The key {@code partition:} of a table: read, written, and held against the table's other parts. */
final class PartitionText {
    private static final Set<TargetType.Kind> TIMES =
            Set.of(TargetType.Kind.DATE, TargetType.Kind.TIMESTAMP, TargetType.Kind.TIMESTAMPTZ);
    private static final Set<TargetType.Kind> VALUES = Set.of(
            TargetType.Kind.SMALLINT,
            TargetType.Kind.INTEGER,
            TargetType.Kind.BIGINT,
            TargetType.Kind.TEXT,
            TargetType.Kind.VARCHAR,
            TargetType.Kind.UUID,
            TargetType.Kind.BOOLEAN,
            TargetType.Kind.DATE);

    private PartitionText() {}

    static Optional<PartitionPlan> read(YamlMap p, KeyPlan key, List<ColumnPlan> columns) {
        if (p.get("range").isPresent()) {
            return range(p, columns);
        }
        if (p.get("list").isPresent()) {
            p.allow(PlanKeys.LIST_PARTITION);
            return column(p, "list", columns, VALUES)
                    .map(c -> new PartitionPlan.ByList(c.source(), detached(p), atMost(p)));
        }
        p.allow(PlanKeys.HASH_PARTITION);
        List<String> hash = p.texts("hash");
        hash.stream()
                .filter(h -> !key.columns().contains(h))
                .forEach(h -> p.problem(
                        "hash", " (columns of the key): no column " + h + PlanProblems.didYouMean(h, key.columns())));
        if (hash.isEmpty()) {
            p.problem("hash", ": needs columns of the key; the other ways are range and list");
        } else if (new HashSet<>(hash).size() != hash.size()) {
            p.problem("hash", ": names a column twice");
        }
        return hash.isEmpty() || !key.columns().containsAll(hash)
                ? Optional.empty()
                : Optional.of(new PartitionPlan.ByHash(hash, (int) p.number("count", 8, 1, 1024)));
    }

    private static Optional<PartitionPlan> range(YamlMap p, List<ColumnPlan> columns) {
        p.allow(PlanKeys.RANGE_PARTITION);
        Period every = one(p, "every", Period.MONTH, Period.values(), Period::yaml);
        Nulls nulls = one(p, "nulls", Nulls.QUARANTINE, Nulls.values(), Nulls::yaml);
        int ahead = (int) p.number("ahead", 2, 0, 1_000);
        return column(p, "range", columns, TIMES)
                .map(c -> new PartitionPlan.ByRange(c.source(), every, ahead, nulls, detached(p), atMost(p)));
    }

    private static Optional<ColumnPlan> column(
            YamlMap p, String how, List<ColumnPlan> columns, Set<TargetType.Kind> kinds) {
        List<String> names = columns.stream().map(ColumnPlan::source).toList();
        Optional<String> named = p.text(how);
        Optional<ColumnPlan> found = columns.stream()
                .filter(c -> named.equals(Optional.of(c.source())))
                .findFirst();
        if (named.isPresent() && found.isEmpty()) {
            p.problem(how, ": no column " + named.get() + PlanProblems.didYouMean(named.get(), names));
        }
        if (found.isPresent() && !kinds.contains(found.get().type().kind())) {
            p.problem(
                    how,
                    ": " + found.get().source() + " is " + found.get().type() + ", not one of "
                            + kinds.stream().map(TargetType.Kind::sql).sorted().collect(Collectors.joining(", ")));
            return Optional.empty();
        }
        return found;
    }

    private static Detached detached(YamlMap p) {
        return one(p, "detached", Detached.NOT_READY, Detached.values(), Detached::yaml);
    }

    private static int atMost(YamlMap p) {
        return (int) p.number("at_most", PartitionPlan.USUAL_AT_MOST, 1, 100_000);
    }

    private static <T> T one(YamlMap p, String key, T usual, T[] values, Function<T, String> yaml) {
        String choices = Arrays.stream(values).map(yaml).collect(Collectors.joining(", "));
        return p.parsed(
                        key,
                        "one of " + choices,
                        s -> Arrays.stream(values)
                                .filter(v -> yaml.apply(v).equals(s))
                                .findFirst())
                .orElse(usual);
    }

    /** As a flow mapping. */
    static String write(PartitionPlan plan, Function<String, String> scalar) {
        List<String> entries = new ArrayList<>();
        if (plan instanceof PartitionPlan.ByHash h) {
            entries.add("hash: " + h.columns().stream().map(scalar).collect(Collectors.joining(", ", "[", "]")));
            entries.add("count: " + h.partitions());
        } else if (plan instanceof PartitionPlan.ByRange r) {
            entries.add("range: " + scalar.apply(r.column()));
            entries.add("every: " + r.every().yaml());
            entries.add("ahead: " + r.ahead());
            entries.add("nulls: " + r.nulls().yaml());
            shared(entries, r.detached(), r.atMost());
        } else if (plan instanceof PartitionPlan.ByList l) {
            entries.add("list: " + scalar.apply(l.column()));
            shared(entries, l.detached(), l.atMost());
        }
        return "{ " + String.join(", ", entries) + " }";
    }

    private static void shared(List<String> entries, Detached detached, int atMost) {
        entries.add("detached: " + detached.yaml());
        if (atMost != PartitionPlan.USUAL_AT_MOST) {
            entries.add("at_most: " + atMost);
        }
    }

    /** What a table cannot have beside its partitions: PostgreSQL keeps no unique index without the partition column, and no foreign key to one. */
    static void check(Map<TablePlan, YamlMap> tables) {
        tables.forEach((t, yaml) -> {
            List<String> needed = t.partitionColumns();
            if (needed.isEmpty() || !t.made()) {
                return;
            }
            String how = " with the table partitioned by " + String.join(", ", needed) + ": ";
            for (IndexPlan i : t.indexes()) {
                if (i.unique() && !holds(i, needed)) {
                    yaml.problemAt(
                            List.of("indexes", i.name()),
                            ": cannot be unique" + how + "take unique off, remove the index, or remove partition");
                }
            }
            if (needed.equals(t.targetKey())) {
                return;
            }
            tables.forEach((from, other) -> from.foreignKeys().stream()
                    .filter(f -> f.referencedTable().equals(t.target())
                            && !Set.copyOf(f.referencedColumns()).containsAll(needed))
                    .forEach(f -> other.problemAt(
                            List.of("foreign_keys", f.name()),
                            ": cannot point to " + t.target() + how + "remove the foreign key, or remove partition")));
        });
    }

    private static boolean holds(IndexPlan index, List<String> columns) {
        return columns.stream().allMatch(c -> index.terms().contains(PgSql.name(c)));
    }
}
