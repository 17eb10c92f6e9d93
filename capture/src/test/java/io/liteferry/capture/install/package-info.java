/** The generated SQL, word by word, and what it leaves behind. */
@NullMarked
package io.liteferry.capture.install;

import org.jspecify.annotations.NullMarked;
