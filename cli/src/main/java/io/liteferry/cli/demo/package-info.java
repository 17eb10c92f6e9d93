/**
 * The shop of {@code liteferry demo}: a sample database, an application that keeps writing to it, and changes made in the
 * target by hand. In: a path, a rate, a seed. Out: ordinary SQL through ordinary JDBC; nothing here knows the pipeline,
 * but for {@link io.liteferry.cli.demo.Planted}, which reads the plan for the target's names.
 */
@NullMarked
package io.liteferry.cli.demo;

import org.jspecify.annotations.NullMarked;
