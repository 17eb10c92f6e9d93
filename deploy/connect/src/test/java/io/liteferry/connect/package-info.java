/** The plugin archive in a distributed worker of its own process, which has none of our classes on its class path. */
@NullMarked
package io.liteferry.connect;

import org.jspecify.annotations.NullMarked;
