/**
 * Capture: SQLite to Kafka. In: the change log that triggers write, and the tables themselves. Out: tagged change records
 * on the tables' topics and one END a batch; a batch, once whole, is the source as of its position.
 */
@NullMarked
package io.liteferry.capture;

import org.jspecify.annotations.NullMarked;
