/**
 * Writes whole batches. In: packed rows as SQLite stored them. Out: PostgreSQL's binary form, through arrays or COPY; a
 * value that would not come back as it went in is a misfit and goes to the quarantine, never a silent change.
 */
@NullMarked
package io.liteferry.sink.write;

import org.jspecify.annotations.NullMarked;
