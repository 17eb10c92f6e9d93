/** Tests of what the benchmarks say, not of how fast anything is. */
@NullMarked
package io.liteferry.bench;

import org.jspecify.annotations.NullMarked;
