package io.liteferry.core.kafka;

import io.liteferry.core.plan.Plan;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Names of a migration's topics: {@code <name>.<table>} and the control topics beside them. */
public record TopicNames(String name) {
    private static final int LONGEST = 249;

    public static TopicNames of(Plan plan) {
        return new TopicNames(plan.name());
    }

    /**
     * The topic of a table's changes. Characters Kafka does not allow become {@code _}, and then, or where the name is
     * too long or that of a control topic, a hash of the table's name follows, so that two tables never share a topic.
     */
    public String table(String source) {
        String legal = source.replaceAll("[^a-zA-Z0-9._-]", "_");
        boolean control = List.of(
                        "transaction", "schema-changes", "applied", "signals", "validation", "dead-letter", "reverse")
                .contains(legal);
        if (legal.equals(source) && !control && !source.isEmpty() && name.length() + 1 + source.length() <= LONGEST) {
            return name + "." + source;
        }
        String hash = UUID.nameUUIDFromBytes(source.getBytes(StandardCharsets.UTF_8))
                .toString()
                .substring(0, 8);
        int room = LONGEST - name.length() - 1 - 1 - hash.length();
        return name + "." + legal.substring(0, Math.min(room, legal.length())) + "_" + hash;
    }

    public String transaction() {
        return name + ".transaction";
    }

    public String schemaChanges() {
        return name + ".schema-changes";
    }

    public String applied() {
        return name + ".applied";
    }

    public String signals() {
        return name + ".signals";
    }

    public String validation() {
        return name + ".validation";
    }

    public String deadLetter() {
        return name + ".dead-letter";
    }

    /** What the application has written to PostgreSQL after the switch, in the order of its commits: one partition a source. */
    public String reverse() {
        return name + ".reverse";
    }

    /** The topics whose records make batches: every table's, and the ENDs'. */
    public List<String> stream(Plan plan) {
        List<String> topics = new ArrayList<>();
        plan.tables().forEach(t -> topics.add(table(t.source())));
        topics.add(transaction());
        return topics;
    }
}
