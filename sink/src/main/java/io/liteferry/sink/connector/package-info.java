/**
 * The sink inside Kafka Connect. In: records from Connect, by source. Out: rows in PostgreSQL, as the service writes them, by
 * the same code. What Connect commits to Kafka is for its tools to read: PostgreSQL says where a task begins.
 */
@NullMarked
package io.liteferry.sink.connector;

import org.jspecify.annotations.NullMarked;
