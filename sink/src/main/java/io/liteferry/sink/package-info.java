/**
 * The sink service: in, the topics of one source; out, PostgreSQL in a state the source really had. Data, position and
 * offsets change in one transaction, or not at all.
 */
@NullMarked
package io.liteferry.sink;

import org.jspecify.annotations.NullMarked;
