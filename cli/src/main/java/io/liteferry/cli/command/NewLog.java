package io.liteferry.cli.command;

import io.liteferry.capture.feedback.AppliedTopic;
import io.liteferry.capture.feedback.EndTopic;
import io.liteferry.capture.install.SourceInstaller;
import io.liteferry.core.change.AppliedPosition;
import io.liteferry.core.kafka.KafkaClients;
import io.liteferry.core.kafka.Topics;
import io.liteferry.core.plan.Plan;
import io.liteferry.sink.RestartPoint;
import io.liteferry.sink.schema.TargetInstaller;
import org.apache.kafka.clients.admin.Admin;

/**
 * Goes on with a source that was restored, wiped or replaced: a new log in the file, the target's position at its
 * beginning, every table to be snapshotted again. Cut off anywhere it can be run again: capture and sink refuse the halves.
 */
final class NewLog {
    private NewLog() {}

    static void begin(Plan plan) {
        new TargetInstaller(plan).install();
        KafkaClients clients = KafkaClients.of(plan.options());
        try (Admin admin = clients.admin("liteferry-apply")) {
            Topics.makeMissing(admin, plan);
        }
        RestartPoint target = new RestartPoint(plan);
        long above = Math.max(target.epoch(), EndTopic.epoch(clients, plan));
        AppliedPosition position = target.move(new SourceInstaller(plan).restart(above));
        AppliedTopic.publish(clients, plan, position);
    }
}
