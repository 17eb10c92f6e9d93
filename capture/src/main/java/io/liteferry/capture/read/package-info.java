/**
 * Reads the source in short read transactions. In: the change log from a position, and the tables. Out: slices of tagged
 * records; the slice that reaches the end of its own snapshot ends the batch, and the source as of that snapshot is what
 * the batch, once whole, leads to. The source is never written here, but for the epoch at the start.
 */
@NullMarked
package io.liteferry.capture.read;

import org.jspecify.annotations.NullMarked;
