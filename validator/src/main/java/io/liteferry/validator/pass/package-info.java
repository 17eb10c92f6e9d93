/**
 * Full passes over all tables, for ever, and what is kept of them. In: the plan. Out: rows in liteferry.validation_pass
 * and liteferry.validation_mismatch, metrics. A mismatch is open until its row was seen equal again.
 */
@NullMarked
package io.liteferry.validator.pass;

import org.jspecify.annotations.NullMarked;
