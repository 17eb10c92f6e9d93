package io.liteferry.validator.compare;

import io.liteferry.core.row.RowKey;
import io.liteferry.validator.canonical.CanonicalKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A row to look at again: it differed, or it was in flight.
 *
 * @param name its canonical key; null where the source's key means nothing under the plan, so that the target has no row
 *     for it
 * @param spellings keys SQLite may hold it by; exactly one where it was seen there
 */
public record Suspect(@Nullable CanonicalKey name, List<RowKey> spellings) {
    public Suspect {
        spellings = List.copyOf(spellings);
    }

    /** The key to tell people and capture. */
    public RowKey key() {
        return spellings.get(0);
    }
}
