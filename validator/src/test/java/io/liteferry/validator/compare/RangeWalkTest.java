package io.liteferry.validator.compare;

import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.validator.TwoSides;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Wherever a range ends, every row of both sides is met once: held against two sorted maps. */
class RangeWalkTest {
    private static final int[] RANGES = {1, 2, 3, 7, 100};

    @TempDir
    Path folder;

    @Test
    void meetsEveryRowOnceWhateverOneSideHasMore() throws SQLException {
        try (TwoSides sides = new TwoSides(folder, Map.of(), TwoSides.ITEMS)) {
            sides.source("CREATE TABLE items(id INT PRIMARY KEY NOT NULL, name TEXT)");
            // Without a unique index the target can hold an id more than once.
            sides.target("CREATE TABLE items(id bigint, name text)");
            for (int seed = 1; seed <= 60; seed++) {
                compare(sides, seed, RANGES[seed % RANGES.length]);
            }
        }
    }

    private static void compare(TwoSides sides, int seed, int rangeRows) throws SQLException {
        String name = "seed " + seed + ", ranges of " + rangeRows;
        Random random = new Random(seed);
        sides.source("DELETE FROM items");
        sides.target("TRUNCATE items");
        List<String> source = new ArrayList<>();
        List<String> target = new ArrayList<>();
        List<String> expected = new ArrayList<>();
        Map<String, String> texts = new TreeMap<>();
        int missing = random.nextInt(4);
        long equal = 0;
        for (int id = 1; id <= 40; id++) {
            // Runs of rows that only one side has, so that the ranges of the sides end far from each other.
            int kind = random.nextInt(10) < missing ? random.nextInt(5) : 9;
            if (kind == 0) {
                source.add("(" + id + ", 'a')");
                expected.add("missing_target " + id);
            } else if (kind == 1) {
                for (int extra = 0; extra < 5; extra++, id++) {
                    target.add("(" + id + ", 'a')");
                    expected.add("missing_source " + id);
                }
                id--;
            } else if (kind == 2) {
                source.add("(" + id + ", 'a')");
                target.add("(" + id + ", 'b')");
                expected.add("row_diff " + id + " [name]");
            } else if (kind == 3) {
                source.add("(" + id + ", 'a')");
                target.add("(" + id + ", 'a')");
                target.add("(" + id + ", 'a')");
                expected.add("row_diff " + id + " [id]");
            } else if (kind == 4) {
                texts.put("x" + id, "('x" + id + "', 'a')");
                expected.add("missing_target 'x" + id + "'");
            } else {
                source.add("(" + id + ", 'a')");
                target.add("(" + id + ", 'a')");
                equal++;
            }
        }
        source.addAll(texts.values());
        insert(sides::source, source);
        insert(sides::target, target);
        sides.applied();

        TwoSides.Outcome pass = sides.pass("items", TwoSides.PATIENCE, rangeRows);

        assertThat(pass.tally().reason()).as(name).isEmpty();
        assertThat(pass.told()).as(name).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(pass.tally().count(RowVerdict.EQUAL)).as(name).isEqualTo(equal);
        assertThat(pass.tally().sourceRows()).as(name).isEqualTo(source.size());
        assertThat(pass.tally().targetRows()).as(name).isEqualTo(target.size());
    }

    private interface Side {
        void run(String sql) throws SQLException;
    }

    private static void insert(Side side, List<String> rows) throws SQLException {
        if (!rows.isEmpty()) {
            side.run("INSERT INTO items VALUES " + String.join(", ", rows));
        }
    }
}
