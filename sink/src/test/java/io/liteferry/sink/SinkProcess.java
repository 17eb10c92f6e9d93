package io.liteferry.sink;

import io.liteferry.core.options.Options;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.PlanFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** A sink in a process of its own, which can be frozen and woken up. It ends when its sink does, and writes down why. */
final class SinkProcess implements AutoCloseable {
    private final Process process;
    private final Path said;

    private SinkProcess(Process process, Path said) {
        this.process = process;
        this.said = said;
    }

    public static void main(String[] arguments) throws IOException {
        Plan read = PlanFile.read(Path.of(arguments[0]));
        Plan plan = read.withOptions(read.options().withEnvironment(System.getenv()));
        try (SinkService sink = new SinkService(plan, Clock.systemUTC())) {
            sink.start();
            Awaitility.await().forever().until(() -> sink.failure() != null);
            Files.writeString(Path.of(arguments[1]), String.valueOf(sink.failure()));
        }
    }

    static SinkProcess start(Plan plan, Path folder) throws IOException {
        Path file = folder.resolve("plan.yaml");
        PlanFile.write(plan, file);
        Path said = folder.resolve("said");
        ProcessBuilder builder = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        SinkProcess.class.getName(),
                        file.toString(),
                        said.toString()))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("sink.log").toFile());
        builder.environment()
                .putAll(Map.of("LITEFERRY_CONNECTION_URL", plan.options().string(Options.CONNECTION_URL)));
        return new SinkProcess(builder.start(), said);
    }

    void freeze() throws IOException, InterruptedException {
        signal("-STOP");
    }

    void wakeUp() throws IOException, InterruptedException {
        signal("-CONT");
    }

    private void signal(String name) throws IOException, InterruptedException {
        int ended = new ProcessBuilder("kill", name, String.valueOf(process.pid()))
                .start()
                .waitFor();
        if (ended != 0) {
            throw new IllegalStateException("kill " + name + " ended with " + ended);
        }
    }

    /** Waits until it has ended by itself, and returns why. */
    String awaitEnd() throws IOException, InterruptedException {
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            throw new IllegalStateException("the sink has not ended");
        }
        return Files.readString(said);
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
