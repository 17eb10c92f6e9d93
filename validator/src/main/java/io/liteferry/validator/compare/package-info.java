/**
 * The comparison of both sides at known positions. In: a table of the plan and a pair of snapshots, PostgreSQL's taken
 * first. Out: a verdict for every row. Keys that the change log names above the applied position are in flight and set
 * aside; every other row must be equal now; what could not be compared is unknown, never equal.
 */
@NullMarked
package io.liteferry.validator.compare;

import org.jspecify.annotations.NullMarked;
