/**
 * Results as people and programs read them: text tables, JSON documents, progress lines.
 */
@NullMarked
package io.liteferry.cli.report;

import org.jspecify.annotations.NullMarked;
