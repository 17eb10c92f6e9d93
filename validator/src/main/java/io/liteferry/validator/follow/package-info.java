/**
 * Changed keys are compared soon after they were applied. In: the change log, both databases. Out: mismatches, and the
 * verified position: every key whose last log row is at or below it, and above where counting began, was seen equal since
 * that row was applied.
 */
@NullMarked
package io.liteferry.validator.follow;

import org.jspecify.annotations.NullMarked;
