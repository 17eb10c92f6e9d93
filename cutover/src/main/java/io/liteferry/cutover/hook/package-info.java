/**
 * What moves the application once the other side is open. In: the direction, the source, the run. Out: what the operator's
 * command or URL has answered, without a secret. Nothing of the switch depends on it.
 */
@NullMarked
package io.liteferry.cutover.hook;

import org.jspecify.annotations.NullMarked;
