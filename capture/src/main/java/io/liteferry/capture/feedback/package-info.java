/**
 * What comes back to capture through Kafka: how far the target is, and keys that somebody wants to see again.
 */
@NullMarked
package io.liteferry.capture.feedback;

import org.jspecify.annotations.NullMarked;
