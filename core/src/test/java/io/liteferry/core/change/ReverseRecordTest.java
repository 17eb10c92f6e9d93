package io.liteferry.core.change;

import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.core.change.ReverseRecord.Kind;
import io.liteferry.core.change.ReverseRecord.Operation;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReverseRecordTest {
    @Test
    void a_change_is_json_that_is_read_back_with_its_nulls() {
        Map<String, String> after = new LinkedHashMap<>();
        after.put("id", "7");
        after.put("note", null);
        ReverseRecord change = new ReverseRecord(
                Kind.CHANGE,
                731,
                41,
                1_700_000_000_000L,
                "users",
                Operation.UPDATE,
                Map.of("id", "7"),
                Map.of("id", "6"),
                after,
                List.of("picture"),
                "");

        byte[] json = Json.bytes(change);

        assertThat(new String(json, StandardCharsets.UTF_8))
                .isEqualTo(
                        "{\"kind\":\"change\",\"transaction\":731,\"lsn\":41,\"ts_ms\":1700000000000,\"table\":\"users\",\"op\":\"u\","
                                + "\"key\":{\"id\":\"7\"},\"before\":{\"id\":\"6\"},\"after\":{\"id\":\"7\",\"note\":null},"
                                + "\"unavailable\":[\"picture\"]}");
        assertThat(Json.read(json, ReverseRecord.class, "test")).isEqualTo(change);
    }

    @Test
    void an_end_says_where_its_transaction_ends() {
        ReverseRecord end = ReverseRecord.end(731, 42, 5);

        byte[] json = Json.bytes(end);

        assertThat(new String(json, StandardCharsets.UTF_8))
                .isEqualTo("{\"kind\":\"end\",\"transaction\":731,\"lsn\":42,\"ts_ms\":5}");
        assertThat(Json.read(json, ReverseRecord.class, "test")).isEqualTo(end);
    }
}
