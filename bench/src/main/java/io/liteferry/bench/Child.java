package io.liteferry.bench;

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A JVM of its own for what is measured, or must not disturb it. It tells in a line on standard output that it runs, and
 * ends when its standard input does.
 */
final class Child implements AutoCloseable {
    private static final long STOP_SECONDS = 40;
    private static final String SAYS = "bench: ";

    private final Process process;
    private final Path log;

    private Child(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /**
     * @param before a command that starts it, {@code nice} for one
     * @param log gets its standard error
     */
    static Child start(
            List<String> before,
            Class<?> main,
            String heap,
            Path log,
            Map<String, String> environment,
            List<String> arguments)
            throws IOException {
        List<String> command = new ArrayList<>(before);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + heap,
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(log.toFile());
        builder.environment().putAll(environment);
        return new Child(builder.start(), log);
    }

    /** Waits until it says that it runs, and returns what it said. */
    String running() throws IOException {
        BufferedReader out = process.inputReader();
        String line = out.readLine();
        if (line == null || !line.startsWith(SAYS)) {
            throw new IllegalStateException("A process did not start: " + Files.readString(log));
        }
        return line.substring(SAYS.length());
    }

    /** The most memory it has had in RAM, in MiB. */
    double peakResidentMib() throws IOException {
        return Machine.peakResidentMib(process.pid());
    }

    void demandAlive() throws IOException {
        if (!process.isAlive()) {
            throw new IllegalStateException("A process ended early: " + Files.readString(log));
        }
    }

    /** Called in the child. */
    static void say(String what) throws IOException {
        try (OutputStream out = new FileOutputStream(FileDescriptor.out)) {
            out.write((SAYS + what + "\n").getBytes(StandardCharsets.UTF_8));
        }
    }

    /** Called in the child: open until the parent lets it end. */
    static CountDownLatch untilInputEnds() {
        CountDownLatch ended = new CountDownLatch(1);
        Thread input = new Thread(
                () -> {
                    try {
                        while (System.in.read() >= 0) {}
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    } finally {
                        ended.countDown();
                    }
                },
                "standard-input");
        input.setDaemon(true);
        input.start();
        return ended;
    }

    /** Lets it end as on SIGTERM. */
    @Override
    public void close() throws IOException {
        process.getOutputStream().close();
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException("A process did not stop within " + STOP_SECONDS + " s, see " + log);
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
