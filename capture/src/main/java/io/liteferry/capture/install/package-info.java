/**
 * Puts the change log and its triggers into the source, and takes them out. In: the plan and SQLite's catalogue. Out:
 * statements of SQLite 3.7.2's grammar. A trigger touches its own table and the log, nothing else; the log holds keys,
 * never row images.
 */
@NullMarked
package io.liteferry.capture.install;

import org.jspecify.annotations.NullMarked;
