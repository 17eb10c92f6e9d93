/**
 * The plan: one reviewed file that describes a migration. In: migration.yaml. Out: records that check themselves; all
 * problems of a file at once, with their lines. Names types and encodings, converts nothing.
 */
@NullMarked
package io.liteferry.core.plan;

import org.jspecify.annotations.NullMarked;
