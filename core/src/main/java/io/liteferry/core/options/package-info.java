/**
 * Every option, declared once: name, type, default, range, unit, example. In: the flat keys of the migration file and
 * the environment. Out: typed values; unknown keys are refused.
 */
@NullMarked
package io.liteferry.core.options;

import org.jspecify.annotations.NullMarked;
