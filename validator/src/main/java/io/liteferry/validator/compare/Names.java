package io.liteferry.validator.compare;

import io.liteferry.core.row.PackedReader;
import io.liteferry.core.row.RowKey;
import io.liteferry.validator.canonical.CanonicalKey;
import io.liteferry.validator.canonical.CanonicalRow;
import java.util.Optional;

/** From a key of the source to its canonical key. */
final class Names {
    private Names() {}

    /** Empty where the key means nothing under the plan. */
    static Optional<CanonicalKey> of(TableLayout layout, RowKey key) {
        CanonicalRow row = new CanonicalRow(layout.key().length);
        boolean fits = layout.keyForm().write(new PackedReader().reset(key.packed()), row);
        return fits ? Optional.of(new CanonicalKey(row.toBytes())) : Optional.empty();
    }
}
