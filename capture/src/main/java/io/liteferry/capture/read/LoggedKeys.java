package io.liteferry.capture.read;

import io.liteferry.core.change.Operation;
import java.util.ArrayList;
import java.util.List;

/** The keys of one table in a run of the log, each once, in the order in which they were first logged. */
final class LoggedKeys {
    private final List<Logged> keys = new ArrayList<>();

    /** A key and the log row that holds it. */
    record Logged(long seq, byte[] key, Operation hint) {}

    void add(long seq, byte[] key, Operation hint) {
        keys.add(new Logged(seq, key, hint));
    }

    int size() {
        return keys.size();
    }

    Logged get(int i) {
        return keys.get(i);
    }

    long firstSeq() {
        return keys.get(0).seq();
    }

    long lastSeq() {
        return keys.get(keys.size() - 1).seq();
    }
}
