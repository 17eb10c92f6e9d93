/**
 * Connections to PostgreSQL with every time-out set, quoting of names, and the schema liteferry that holds our own tables.
 */
@NullMarked
package io.liteferry.core.postgres;

import org.jspecify.annotations.NullMarked;
