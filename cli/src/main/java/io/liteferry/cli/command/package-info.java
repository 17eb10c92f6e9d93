/**
 * One class a command. Each reads its options, calls the module that does the work, and prints the result.
 */
@NullMarked
package io.liteferry.cli.command;

import org.jspecify.annotations.NullMarked;
