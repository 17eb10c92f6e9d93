/**
 * What must hold before a side is held. In: the validator's verdict, both databases, the journal. Out: gates with value,
 * limit, since when, and what helps.
 */
@NullMarked
package io.liteferry.cutover.gate;

import org.jspecify.annotations.NullMarked;
