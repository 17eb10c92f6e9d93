/** The connector as a Connect cluster sees it. */
@NullMarked
package io.liteferry.capture.connector;

import org.jspecify.annotations.NullMarked;
