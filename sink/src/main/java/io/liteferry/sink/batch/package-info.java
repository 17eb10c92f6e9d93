/**
 * Puts whole batches together from records that arrive in any order across topics. In: records and ENDs. Out: whole
 * batches in source order, and the offsets a successor must start from. Pure logic: no clock, no I/O.
 */
@NullMarked
package io.liteferry.sink.batch;

import org.jspecify.annotations.NullMarked;
