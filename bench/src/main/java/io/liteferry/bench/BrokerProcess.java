package io.liteferry.bench;

import io.liteferry.embedded.EmbeddedKafka;
import java.io.IOException;
import java.nio.file.Path;

/** The broker: neither the application's JVM nor the one that is measured pays for its garbage. */
final class BrokerProcess {
    private BrokerProcess() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(Path.of(arguments[0]))) {
            Child.say(kafka.bootstrapServers());
            Child.untilInputEnds().await();
        }
    }
}
