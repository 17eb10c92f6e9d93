package io.liteferry.capture.connector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.liteferry.capture.SourceFixture;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.kafka.KafkaClients;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.Plan;
import io.liteferry.embedded.SharedServers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RequiredTopicsTest {
    @TempDir
    Path folder = Path.of("");

    @Test
    void topicsThatABrokerDoesNotKnowYetAreWaitedForAndThoseThatNobodyMakesAreTold() throws Exception {
        try (SourceFixture source = new SourceFixture(folder.resolve("app.db"))) {
            source.option(Options.BOOTSTRAP_SERVERS, SharedServers.kafka())
                    .sql("CREATE TABLE t(id INTEGER PRIMARY KEY)")
                    .table("t", List.of("id"), "id");
            Plan plan = source.plan("required");
            KafkaClients clients = KafkaClients.of(plan.options());
            assertThatThrownBy(() -> RequiredTopics.check(clients, plan))
                    .isInstanceOf(LiteferryException.class)
                    .hasMessageContainingAll("LF-302", "required.t", "liteferry apply");

            CompletableFuture<Void> check = CompletableFuture.runAsync(() -> RequiredTopics.check(clients, plan));
            await().during(Duration.ofMillis(500)).until(() -> !check.isDone());
            SourceFixture.makeTopics(plan);
            assertThat(check).succeedsWithin(Duration.ofSeconds(10));
        }
    }
}
