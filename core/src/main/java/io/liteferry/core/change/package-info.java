/**
 * What travels between the services: the tagged change record, the END of a batch, the position, the applied position.
 * A batch is everything that changed up to a commit boundary of the source.
 */
@NullMarked
package io.liteferry.core.change;

import org.jspecify.annotations.NullMarked;
