/** The service against a real broker and real files. */
@NullMarked
package io.liteferry.capture;

import org.jspecify.annotations.NullMarked;
