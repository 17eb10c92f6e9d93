/** Copies of a source that is written meanwhile. */
@NullMarked
package io.liteferry.cutover.backup;

import org.jspecify.annotations.NullMarked;
