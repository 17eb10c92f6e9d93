/** What an application sees of capture and validator: nothing. Its writers run in a process of their own. */
@NullMarked
package io.liteferry.cli.harmless;

import org.jspecify.annotations.NullMarked;
