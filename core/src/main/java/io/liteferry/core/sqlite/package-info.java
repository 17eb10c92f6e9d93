/**
 * The one door to the SQLite file: connections, catalogue, exact reading of rows, turns between readers. Nothing in this
 * program opens the database, its -wal or its -shm by file I/O: closing such a handle would drop SQLite's locks.
 */
@NullMarked
package io.liteferry.core.sqlite;

import org.jspecify.annotations.NullMarked;
