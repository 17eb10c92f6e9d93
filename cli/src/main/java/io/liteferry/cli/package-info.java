/**
 * The front door. In: a command line. Out: one result on standard output, progress and logs on standard error, an exit
 * code that says what happened.
 */
@NullMarked
package io.liteferry.cli;

import org.jspecify.annotations.NullMarked;
