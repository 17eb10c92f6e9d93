/** Conductors that are frozen or killed while they hold the source. */
@NullMarked
package io.liteferry.cutover.hold;

import org.jspecify.annotations.NullMarked;
