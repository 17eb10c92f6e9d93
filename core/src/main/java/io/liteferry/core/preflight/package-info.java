/**
 * What stands between a source, a target and a migration. In: read-only connections. Out: findings with stable ids, each
 * with what was found and what to do. Nothing is changed, not even a journal mode.
 */
@NullMarked
package io.liteferry.core.preflight;

import org.jspecify.annotations.NullMarked;
