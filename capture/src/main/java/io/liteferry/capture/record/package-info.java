/**
 * What a change and an END look like in Kafka. In: packed changes and ENDs. Out: keys and values with their Connect
 * schemas. A value that the format's field cannot hold is never changed: it stands beside, exactly.
 */
@NullMarked
package io.liteferry.capture.record;

import org.jspecify.annotations.NullMarked;
