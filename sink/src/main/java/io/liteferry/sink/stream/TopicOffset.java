package io.liteferry.sink.stream;

/**
 * Where the reading of a topic goes on, as it stands in {@code liteferry.applied}.
 *
 * @param id Kafka's id of the topic, which no other has, on no cluster; empty where it was never noted
 * @param next offset of the next record
 */
public record TopicOffset(String id, long next) {
    /** Of a row written before ids were noted. */
    public static TopicOffset valueOf(long next) {
        return new TopicOffset("", next);
    }
}
