/**
 * Where records come from: a consumer of our own, or Kafka Connect. In: the source's topics from the offsets that PostgreSQL
 * holds. Out: records to the assembler, in the order of each topic. An offset that Kafka no longer has is a loss and said so.
 */
@NullMarked
package io.liteferry.sink.stream;

import org.jspecify.annotations.NullMarked;
