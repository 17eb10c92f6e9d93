/** Tests of the sample shop and of the application that writes to it. */
@NullMarked
package io.liteferry.cli.demo;

import org.jspecify.annotations.NullMarked;
