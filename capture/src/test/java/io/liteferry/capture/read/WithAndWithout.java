package io.liteferry.capture.read;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/**
 * For tests of one hazard each: where a mechanism answers it, the same writes are made without that mechanism too, and must
 * come out wrong.
 */
abstract class WithAndWithout {
    static final String[] TWO_UNIQUE_ROWS = {
        "CREATE TABLE t(id INTEGER PRIMARY KEY, u TEXT UNIQUE, v)", "INSERT INTO t VALUES (1, 'a', 0), (2, 'b', 0)"
    };

    @TempDir
    Path folder = Path.of("");

    private int made;

    @SuppressWarnings("NullAway.Init")
    CapturedSource current;

    /** A mechanism taken away. */
    interface Mutant {
        void apply(CapturedSource source) throws Exception;
    }

    static final Mutant NO_CANDIDATES = s -> {
        s.dropTrigger("_liteferry_bi_t");
        s.rewriteTrigger("_liteferry_bu_t", TriggerMutants::withoutCandidates);
    };
    static final Mutant ONLY_THE_OLD_KEY = s -> {
        s.source.sql("DROP TRIGGER IF EXISTS _liteferry_au_t");
        s.rewriteTrigger("_liteferry_bu_t", TriggerMutants::withoutNewKey);
    };

    @AfterEach
    void close() throws Exception {
        if (current != null) {
            current.close();
        }
    }

    CapturedSource source(boolean verified) throws Exception {
        close();
        current = new CapturedSource(folder.resolve("s" + made++ + ".db"), verified);
        return current;
    }

    /** The writes come out right, and wrong without the mechanism. */
    void onlyWith(Mutant mechanism, List<String> key, String columns, String[] schema, String... writes)
            throws Exception {
        assertThat(after(s -> {}, true, key, columns, schema, writes)).isEmpty();
        assertThat(after(mechanism, false, key, columns, schema, writes)).isNotEmpty();
    }

    List<String> after(
            Mutant mutant, boolean verified, List<String> key, String columns, String[] schema, String... writes)
            throws Exception {
        CapturedSource s = source(verified);
        s.source.sql(schema).table("t", key, columns.split(","));
        s.capture();
        mutant.apply(s);
        // After each: a later write may log the key that an earlier one left out.
        List<String> differences = new ArrayList<>();
        for (String write : writes) {
            differences.addAll(s.differences(write));
        }
        return differences;
    }
}
