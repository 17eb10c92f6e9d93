/**
 * The target's schema: tables before the load, secondary indexes, unique constraints and foreign keys after it. A
 * constraint that stands in the stream's way is suspended and recorded; the stream never waits for one.
 */
@NullMarked
package io.liteferry.sink.schema;

import org.jspecify.annotations.NullMarked;
