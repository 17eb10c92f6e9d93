package io.liteferry.core.row;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PackedFormTest {
    @Test
    void hasTheseBytesForEver() {
        assertThat(hex(SqliteValue.NULL)).isEqualTo("00");
        assertThat(hex(new SqliteValue.Int(0))).isEqualTo("0100");
        assertThat(hex(new SqliteValue.Int(-1))).isEqualTo("0101");
        assertThat(hex(new SqliteValue.Int(1))).isEqualTo("0102");
        assertThat(hex(new SqliteValue.Int(300))).isEqualTo("01d804");
        assertThat(hex(new SqliteValue.Int(Long.MAX_VALUE))).isEqualTo("01feffffffffffffffff01");
        assertThat(hex(new SqliteValue.Int(Long.MIN_VALUE))).isEqualTo("01ffffffffffffffffff01");
        assertThat(hex(new SqliteValue.Real(1.5))).isEqualTo("023ff8000000000000");
        assertThat(hex(new SqliteValue.Real(-0.0))).isEqualTo("028000000000000000");
        assertThat(hex(SqliteValue.Text.of("aü"))).isEqualTo("030361c3bc");
        assertThat(hex(new SqliteValue.Text(new byte[] {(byte) 0xFF, 0}))).isEqualTo("0302ff00");
        assertThat(hex(new SqliteValue.Blob(new byte[] {1, 2}))).isEqualTo("04020102");
        assertThat(hex(new SqliteValue.Blob(new byte[0]))).isEqualTo("0400");
    }

    @Test
    void readsBackWhatItWrote() {
        Random random = new Random(42);
        for (int round = 0; round < 2_000; round++) {
            List<SqliteValue> values = new ArrayList<>();
            PackedWriter w = new PackedWriter();
            for (int i = random.nextInt(20); i >= 0; i--) {
                SqliteValue v = anyValue(random);
                values.add(v);
                w.putValue(v);
            }
            PackedReader r = new PackedReader().reset(w.toBytes());
            List<SqliteValue> read = new ArrayList<>();
            while (r.hasNext()) {
                read.add(r.nextValue());
            }

            assertThat(read).isEqualTo(values);
        }
    }

    @Test
    void keysThatFollowOneAnotherHaveHashesOfTheirOwn() {
        Set<Integer> hashes = new HashSet<>();
        for (long id = 0; id < 50_000; id++) {
            hashes.add(RowKey.of(List.of(new SqliteValue.Int(id))).hashCode());
        }

        assertThat(hashes).hasSizeGreaterThan(49_900);
    }

    @Test
    void refusesBytesThatAreNotOfThisForm() {
        for (String hex : List.of(
                "05", "ff", "01", "0180", "02ffff", "0305ff", "03ffffffffffffffffff7f", "01ffffffffffffffffffff01")) {
            PackedReader r = new PackedReader().reset(HexFormat.of().parseHex(hex));

            assertThatThrownBy(r::nextValue).as(hex).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void keysAreCanonical() {
        assertThat(key(new SqliteValue.Real(-0.0))).isEqualTo(key(new SqliteValue.Int(0)));
        assertThat(key(new SqliteValue.Real(0.0))).isEqualTo(key(new SqliteValue.Int(0)));
        assertThat(key(new SqliteValue.Real(3.0))).isEqualTo(key(new SqliteValue.Int(3)));
        assertThat(key(new SqliteValue.Real(-0x1p63))).isEqualTo(key(new SqliteValue.Int(Long.MIN_VALUE)));
        assertThat(key(new SqliteValue.Real(0x1p63))).isNotEqualTo(key(new SqliteValue.Int(Long.MAX_VALUE)));
        assertThat(key(new SqliteValue.Real(0x1p63)).values()).containsExactly(new SqliteValue.Real(0x1p63));
        assertThat(key(new SqliteValue.Real(1.5)).values()).containsExactly(new SqliteValue.Real(1.5));
        assertThat(key(new SqliteValue.Real(Double.POSITIVE_INFINITY)).values())
                .containsExactly(new SqliteValue.Real(Double.POSITIVE_INFINITY));
        assertThat(key(SqliteValue.Text.of("1"))).isNotEqualTo(key(new SqliteValue.Int(1)));
        assertThat(RowKey.of(List.of(new SqliteValue.Int(7), SqliteValue.Text.of("it's"))))
                .hasToString("7,'it''s'");
    }

    private static RowKey key(SqliteValue v) {
        return RowKey.of(List.of(v));
    }

    private static String hex(SqliteValue v) {
        return HexFormat.of().formatHex(new PackedWriter().putValue(v).toBytes());
    }

    private static SqliteValue anyValue(Random random) {
        byte[] bytes = new byte[random.nextInt(300)];
        random.nextBytes(bytes);
        return switch (random.nextInt(5)) {
            case 0 -> SqliteValue.NULL;
            case 1 -> new SqliteValue.Int(random.nextLong() >> random.nextInt(64));
            case 2 -> new SqliteValue.Real(random.nextGaussian());
            case 3 -> new SqliteValue.Text(bytes);
            default -> new SqliteValue.Blob(bytes);
        };
    }
}
