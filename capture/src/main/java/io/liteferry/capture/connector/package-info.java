/**
 * The Kafka Connect source connector: slices in, source records out, END when all records of its batch are acknowledged.
 * The same code runs in a Connect cluster and in the capture service's embedded engine.
 */
@NullMarked
package io.liteferry.capture.connector;

import org.jspecify.annotations.NullMarked;
