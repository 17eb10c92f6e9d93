/**
 * Names of the topics and the settings of the clients, the same for every service.
 */
@NullMarked
package io.liteferry.core.kafka;

import org.jspecify.annotations.NullMarked;
