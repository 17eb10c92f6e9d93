/** Records as readers other than our sink see them. */
@NullMarked
package io.liteferry.capture.record;

import org.jspecify.annotations.NullMarked;
