/**
 * The states of a cutover or a rollback and the journal of them. In: what a conductor has done. Out: rows of {@code
 * liteferry.journal}, from which an interrupted run is finished or undone, and the report is made.
 */
@NullMarked
package io.liteferry.cutover.journal;

import org.jspecify.annotations.NullMarked;
