/**
 * What guards the moment in which the source is held. In: beats of the conductor. Out: a conductor that no longer beats is
 * ended, and with it its hold: writers never wait for a process that is frozen.
 */
@NullMarked
package io.liteferry.cutover.hold;

import org.jspecify.annotations.NullMarked;
