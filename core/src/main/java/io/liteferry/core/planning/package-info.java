/**
 * Proposes a plan. In: a SQLite file, read only, in short transactions; perhaps a target schema that is there already.
 * Out: a {@link io.liteferry.core.plan.Plan} with the reason for every choice and the findings. A declared type is a
 * hint, the values decide: a type is taken because every value fits it and can be given back.
 */
@NullMarked
package io.liteferry.core.planning;

import org.jspecify.annotations.NullMarked;
