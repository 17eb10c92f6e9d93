/**
 * The readiness verdict. In: facts measured on both sides, the passes and the lag. Out: READY, or NOT READY because of
 * which check, with value, limit and the command that helps; in liteferry.verdict and on the validation topic.
 */
@NullMarked
package io.liteferry.validator.verdict;

import org.jspecify.annotations.NullMarked;
