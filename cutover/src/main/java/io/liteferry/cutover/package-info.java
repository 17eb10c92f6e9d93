/**
 * Cutover and rollback: holds the side that is written, drains, proves, fences it and opens the other. In: the plan, both
 * databases, what the validator has proved. Out: {@code liteferry.journal}, and at most one side that can be written.
 */
@NullMarked
package io.liteferry.cutover;

import org.jspecify.annotations.NullMarked;
