/** The reader against real files: every kind of key, every way to write, every way to break. */
@NullMarked
package io.liteferry.capture.read;

import org.jspecify.annotations.NullMarked;
