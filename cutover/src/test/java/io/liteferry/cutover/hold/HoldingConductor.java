package io.liteferry.cutover.hold;

import io.liteferry.capture.install.SourceFence;
import io.liteferry.core.sqlite.SqliteFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A conductor that holds the source, beats, and commits the fence when its time is over. Arguments: the database; a file into
 * which it writes its watchdog's pid when the source is held; the watchdog's limit and the time to hold, in milliseconds.
 */
public final class HoldingConductor {
    private static final long BEAT_MILLIS = 20;

    private HoldingConductor() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        try (Watchdog.Handle watchdog = Watchdog.watch(Duration.ofMillis(Long.parseLong(args[2])));
                SourceFence fence =
                        SourceFence.hold(new SqliteFile(Path.of(args[0])), Duration.ofSeconds(5), List.of())) {
            watchdog.beat();
            Path told = Path.of(args[1]);
            Path partial = Files.writeString(told.resolveSibling("partial"), String.valueOf(watchdog.pid()));
            Files.move(partial, told);
            long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(Long.parseLong(args[3]));
            while (System.nanoTime() - until < 0) {
                watchdog.beat();
                TimeUnit.MILLISECONDS.sleep(BEAT_MILLIS);
            }
            fence.commit();
        }
    }

    static Process start(Path database, Path told, Duration limit, Duration hold) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        HoldingConductor.class.getName(),
                        database.toString(),
                        told.toString(),
                        String.valueOf(limit.toMillis()),
                        String.valueOf(hold.toMillis()))
                .redirectErrorStream(true)
                .redirectOutput(told.resolveSibling("conductor.log").toFile())
                .start();
    }
}
