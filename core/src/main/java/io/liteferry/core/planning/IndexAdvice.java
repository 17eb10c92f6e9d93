package io.liteferry.core.planning;

import io.liteferry.core.preflight.Finding;
import io.liteferry.core.sqlite.SourceTable;
import io.liteferry.core.sqlite.SourceTable.Index;
import io.liteferry.core.sqlite.SourceTable.Term;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Indexes that another one makes needless, and foreign keys that no index helps. Said only; the plan carries what is there. */
final class IndexAdvice {
    private IndexAdvice() {}

    static List<Finding> of(TableDraft table) {
        List<Finding> findings = new ArrayList<>();
        SourceTable source = table.profile().table();
        for (Index index : source.indexes()) {
            coveredBy(index, table)
                    .ifPresent(other -> findings.add(Finding.info(
                            "PLAN-INDEX-REDUNDANT",
                            source.name() + "." + index.name(),
                            "its columns are the first of " + other + ", which serves the same queries",
                            "Remove it from indexes: to save its disk and the work at each write")));
        }
        for (SourceTable.ForeignKey key : source.foreignKeys()) {
            if (!indexed(key, table)) {
                findings.add(Finding.info(
                        "PLAN-FOREIGN-KEY-UNINDEXED",
                        source.name() + "." + String.join(", ", key.columns()),
                        "no index begins with the columns of this foreign key; each delete in " + key.referencedTable()
                                + " reads the whole table",
                        "Add to indexes: one on " + String.join(", ", key.columns())));
            }
        }
        return findings;
    }

    private static Optional<String> coveredBy(Index index, TableDraft table) {
        boolean plain =
                index.origin().equals("c") && !index.unique() && index.where().isEmpty();
        if (!plain) {
            return Optional.empty();
        }
        if (beginsWith(key(table), index.terms())) {
            return Optional.of("the primary key");
        }
        return table.profile().table().indexes().stream()
                .filter(other -> !other.equals(index)
                        && other.where().isEmpty()
                        && beginsWith(other.terms(), index.terms())
                        // Of two that are the same, the first stays.
                        && (other.terms().size() > index.terms().size()
                                || other.unique()
                                || other.name().compareTo(index.name()) < 0))
                .map(Index::name)
                .findFirst();
    }

    private static List<Term> key(TableDraft table) {
        return table.key().columns().stream()
                .map(c -> new Term(Optional.of(c), Optional.empty(), "BINARY", false))
                .toList();
    }

    private static boolean beginsWith(List<Term> all, List<Term> first) {
        return all.size() >= first.size() && all.subList(0, first.size()).equals(first);
    }

    private static boolean indexed(SourceTable.ForeignKey key, TableDraft table) {
        Set<String> wanted = folded(key.columns().stream());
        Stream<List<Term>> indexes = table.profile().table().indexes().stream()
                .filter(i -> i.where().isEmpty())
                .map(Index::terms);
        return Stream.concat(indexes, Stream.of(key(table)))
                .filter(terms -> terms.size() >= wanted.size())
                .anyMatch(terms -> folded(
                                terms.subList(0, wanted.size()).stream().flatMap(t -> t.column().stream()))
                        .equals(wanted));
    }

    private static Set<String> folded(Stream<String> names) {
        Set<String> folded = new HashSet<>();
        names.forEach(n -> folded.add(n.toLowerCase(Locale.ROOT)));
        return folded;
    }
}
