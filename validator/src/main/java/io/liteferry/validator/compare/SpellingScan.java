package io.liteferry.validator.compare;

import io.liteferry.core.row.RowKey;
import io.liteferry.validator.canonical.CanonicalKey;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Looks through all keys of the source for rows of the target that no usual spelling of their key led to: a moment may
 * stand there with an offset that nobody could guess. Only then is a row of the target a stranger.
 */
final class SpellingScan {
    private final Comparison sides;
    private final TableLayout layout;
    private final int rangeRows;
    private final Pace pace;

    SpellingScan(Comparison sides, TableLayout layout, int rangeRows, Pace pace) {
        this.sides = sides;
        this.layout = layout;
        this.rangeRows = rangeRows;
        this.pace = pace;
    }

    /** The suspects whose keys stand nowhere in the source. */
    List<Suspect> strangers(List<Suspect> suspects) throws NotComparableException {
        Set<CanonicalKey> left = new HashSet<>();
        suspects.forEach(s -> left.add(s.name()));
        RowKey after = null;
        boolean complete = false;
        while (!complete && !left.isEmpty() && !pace.stopping()) {
            SourceSnapshot.Range range = range(after);
            range.rows().forEach(r -> left.remove(r.name()));
            complete = range.complete();
            after = range.rows().isEmpty()
                    ? after
                    : range.rows().get(range.rows().size() - 1).key();
            pace.rows(range.rows().size());
        }
        return suspects.stream().filter(s -> left.contains(s.name())).toList();
    }

    private SourceSnapshot.Range range(@Nullable RowKey after) throws NotComparableException {
        try {
            return sides.source(layout, sides.begin(layout), s -> s.range(after, null, rangeRows));
        } finally {
            sides.end();
        }
    }
}
