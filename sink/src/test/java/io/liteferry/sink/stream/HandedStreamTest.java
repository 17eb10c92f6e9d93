package io.liteferry.sink.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HandedStreamTest {
    private final HandedStream stream = new HandedStream(2);

    private List<Long> read() {
        List<Long> offsets = new ArrayList<>();
        stream.read((topic, offset, key, value) -> offsets.add(offset), Duration.ZERO);
        return offsets;
    }

    @Test
    void betweenTwoRunsNoTopicIsReadAndNothingTaken() {
        stream.seek(new long[] {5, 7});
        assertThat(stream.takeSeek()).isPresent();
        stream.hand(0, 5, null, null);
        assertThat(stream.wanted()).containsExactly(true, true);
        stream.close();
        assertThat(stream.wanted()).containsExactly(false, false);
        stream.hand(0, 6, null, null);
        assertThat(read()).isEmpty();
        assertThat(stream.applied()).isEmpty();
        stream.seek(new long[] {5, 7});
        assertThat(stream.wanted()).containsExactly(true, true);
        assertThat(stream.takeSeek()).isPresent();
        stream.hand(0, 5, null, null);
        assertThat(read()).containsExactly(5L);
    }
}
