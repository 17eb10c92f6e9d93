package io.liteferry.core.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TopicNamesTest {
    private final TopicNames names = new TopicNames("shop");

    @Test
    void aTableHasATopicOfItsName() {
        assertThat(names.table("order_items")).isEqualTo("shop.order_items");
        assertThat(names.transaction()).isEqualTo("shop.transaction");
    }

    @Test
    void noTwoTablesAndNoControlTopicShareATopic() {
        List<String> tables = List.of(
                "a b",
                "a_b",
                "a/b",
                "transaction",
                "applied",
                "signals",
                "dead-letter",
                "",
                "ü",
                "x".repeat(300),
                "x".repeat(301));

        List<String> topics = tables.stream().map(names::table).toList();

        assertThat(topics).doesNotHaveDuplicates().allMatch(t -> t.matches("[a-zA-Z0-9._-]{1,249}"));
        assertThat(topics).doesNotContain(names.transaction(), names.applied(), names.signals(), names.deadLetter());
    }
}
