/**
 * The reverse feed. In: what the application writes to PostgreSQL after the switch, through a replication slot. Out: the
 * same in SQLite, transaction by transaction in the order of the commits, each exactly once, with the position in the same
 * SQLite transaction. What SQLite cannot hold stands in {@code _liteferry_quarantine}; nothing is passed over.
 */
@NullMarked
package io.liteferry.cutover.reverse;

import org.jspecify.annotations.NullMarked;
