package io.liteferry.cutover.hook;

import io.liteferry.cutover.hook.Hook.Call;
import io.liteferry.cutover.hook.Hook.Reply;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A command that sh runs; exit code 0 is yes. What it starts in the background goes on. */
record ShellCall(String command) implements Hook.Way {
    private static final int MOST_OUTPUT = 2_000;
    private static final long END_SECONDS = 5;

    @Override
    public Reply call(Call call, Duration timeout) throws IOException, InterruptedException {
        // A file, not a pipe: what runs on in the background would keep a pipe open.
        Path output = Files.createTempFile("liteferry-hook-", ".out");
        try {
            ProcessBuilder builder = new ProcessBuilder("sh", "-c", command)
                    .redirectErrorStream(true)
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .redirectOutput(output.toFile());
            Map<String, String> environment = builder.environment();
            // Options as environment variables hold passwords.
            environment.keySet().removeIf(name -> name.startsWith("LITEFERRY_"));
            environment.put("LITEFERRY_DIRECTION", call.direction().text());
            environment.put("LITEFERRY_SOURCE", call.source());
            environment.put("LITEFERRY_RUN", call.run());
            Process process = builder.start();
            boolean ended = false;
            try {
                ended = process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS);
            } finally {
                if (!ended) {
                    end(process);
                }
            }
            return ended
                    ? new Reply(process.exitValue() == 0, "exit code " + process.exitValue(), tail(output))
                    : new Reply(false, "ended after " + timeout.toMillis() + " ms without an answer", tail(output));
        } finally {
            Files.delete(output);
        }
    }

    private static void end(Process process) throws InterruptedException {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().waitFor(END_SECONDS, TimeUnit.SECONDS);
    }

    private static String tail(Path output) throws IOException {
        try (SeekableByteChannel file = Files.newByteChannel(output)) {
            ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(MOST_OUTPUT, file.size()));
            file.position(file.size() - bytes.capacity());
            while (bytes.hasRemaining() && file.read(bytes) >= 0) {}
            return new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8).strip();
        }
    }
}
