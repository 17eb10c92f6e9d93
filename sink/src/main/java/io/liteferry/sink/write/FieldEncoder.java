package io.liteferry.sink.write;

import io.liteferry.core.row.PackedReader;
import io.liteferry.core.row.StorageClass;

/**
 * Turns one value that is not NULL into one field of PostgreSQL's binary form, length first; the same bytes serve COPY
 * and array parameters.
 */
@FunctionalInterface
interface FieldEncoder {
    /** @throws Misfit where the planned type cannot hold the value exactly; {@code out} may then hold a part of it */
    void encode(StorageClass storage, PackedReader value, BinaryBuffer out) throws Misfit;
}
