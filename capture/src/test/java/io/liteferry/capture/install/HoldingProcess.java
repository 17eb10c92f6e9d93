package io.liteferry.capture.install;

import io.liteferry.core.sqlite.SqliteFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A conductor that holds the source until its input ends, or it is killed. Arguments: the database, and a file that it makes when
 * the source is held. */
public final class HoldingProcess {
    private HoldingProcess() {}

    public static void main(String[] args) throws IOException {
        try (SourceFence fence = SourceFence.hold(new SqliteFile(Path.of(args[0])), Duration.ofSeconds(5), List.of())) {
            InputStream parent = System.in;
            Path held = Path.of(args[1]);
            Files.createFile(held);
            while (parent.read() >= 0) {
                Thread.onSpinWait();
            }
            fence.commit();
        }
    }

    static Process start(Path database, Path held) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        HoldingProcess.class.getName(),
                        database.toString(),
                        held.toString())
                .redirectErrorStream(true)
                .redirectOutput(held.resolveSibling("holding.log").toFile())
                .start();
    }
}
