package io.liteferry.validator.compare;

import io.liteferry.core.row.RowKey;
import io.liteferry.validator.canonical.CanonicalKey;

/**
 * One row of the source, hashed.
 *
 * @param key as SQLite holds it
 * @param name its canonical key
 * @param fits false where a value means nothing under the plan
 * @param keyFits false where that value stands in the key: then the target cannot hold a row for it
 */
record SourceRow(RowKey key, CanonicalKey name, long hash, boolean fits, boolean keyFits) {}
