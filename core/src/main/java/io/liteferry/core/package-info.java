/**
 * Errors: every failure that a person sees has a stable code, says what was tried, on which object, what was found,
 * and what to do next.
 */
@NullMarked
package io.liteferry.core;

import org.jspecify.annotations.NullMarked;
