/**
 * The end-to-end lag: how long a commit in SQLite takes until PostgreSQL has it, measured on the real stream. In: the
 * newest log row, and the applied position. Out: p50 and p99 over a window; what has not arrived yet counts with its age.
 */
@NullMarked
package io.liteferry.validator.lag;

import org.jspecify.annotations.NullMarked;
