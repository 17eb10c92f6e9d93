/**
 * A copy of the source to fall back on. In: the live file, by SQLite alone. Out: a verified copy and its figures beside it;
 * a copy that stands under its own name has passed every check.
 */
@NullMarked
package io.liteferry.cutover.backup;

import org.jspecify.annotations.NullMarked;
