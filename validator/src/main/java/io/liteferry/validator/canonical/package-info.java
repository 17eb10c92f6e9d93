/**
 * The canonical form: what a value means under the plan, in bytes that do not depend on the side it was read from. In:
 * SQLite's raw value, or PostgreSQL's binary value, and the column's plan. Out: tag, length, bytes; a 64-bit hash of a
 * row. Shares no conversion with the sink, so that a bug in the sink's is seen.
 */
@NullMarked
package io.liteferry.validator.canonical;

import org.jspecify.annotations.NullMarked;
