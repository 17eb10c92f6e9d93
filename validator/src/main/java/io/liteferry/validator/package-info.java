/**
 * The validator service: compares both sides for ever and says whether the migration is ready. In: the plan, both
 * databases. Out: the verdict, mismatches with their keys, repair requests; it never writes to a table of the application.
 */
@NullMarked
package io.liteferry.validator;

import org.jspecify.annotations.NullMarked;
