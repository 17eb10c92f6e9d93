package io.liteferry.sink;

import io.liteferry.sink.batch.WholeBatch;
import io.liteferry.sink.write.Outcome;

/** What a sink tells while it runs: the service makes metrics of it. */
public interface SinkEvents {
    SinkEvents IGNORED = new SinkEvents() {};

    /** @param nanos how long the transaction took */
    default void applied(WholeBatch batch, Outcome outcome, long nanos, long nowMillis) {}

    default void quarantined(Outcome.Quarantined q) {}

    /** @param millis how far the target is behind; 0 where nothing waits */
    default void lag(long millis) {}

    /** Records of a topic that were not read yet. */
    default void lag(String topic, long records) {}

    /** The sink of the source has ended by itself. */
    default void ended() {}
}
