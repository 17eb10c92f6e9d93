/**
 * A Kafka broker and a PostgreSQL server without installation: in comes a data directory, out come addresses that clients connect to. Data is kept
 * between runs and survives a killed process; both listen on the loopback address only.
 */
@NullMarked
package io.liteferry.embedded;

import org.jspecify.annotations.NullMarked;
