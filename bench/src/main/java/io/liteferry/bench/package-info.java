/**
 * Benchmarks of the whole pipeline beside peers and limits. In: a name and a few numbers. Out: one report with every
 * round, the medians, and what was measured on what. Both sides of a ratio run in turns on the same file and the same
 * servers.
 */
@NullMarked
package io.liteferry.bench;

import org.jspecify.annotations.NullMarked;
