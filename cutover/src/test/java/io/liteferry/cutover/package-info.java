/** What the tests of cutover and rollback share. */
@NullMarked
package io.liteferry.cutover;

import org.jspecify.annotations.NullMarked;
