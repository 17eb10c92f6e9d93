/**
 * What the source connector and the sink connector have in common. In: the flat configuration that Kafka Connect gives.
 * Out: the plan it names, and every problem at the option it belongs to.
 */
@NullMarked
package io.liteferry.core.connector;

import org.jspecify.annotations.NullMarked;
