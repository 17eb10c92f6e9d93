package io.liteferry.cli.pipeline;

import io.liteferry.embedded.EmbeddedKafka;
import java.io.IOException;
import java.nio.file.Path;

/** A broker as a process of its own, to be killed; it ends with the process that has started it. Arguments: folder, port. */
final class BrokerProcess {
    private BrokerProcess() {}

    public static void main(String[] args) throws IOException {
        try (EmbeddedKafka ignored = EmbeddedKafka.start(Path.of(args[0]), Integer.parseInt(args[1]))) {
            while (System.in.read() >= 0) {}
        }
    }
}
