package io.liteferry.cutover.hook;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.liteferry.core.options.Options;
import io.liteferry.cutover.hook.Hook.Answer;
import io.liteferry.cutover.hook.Hook.Direction;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HookTest {
    @TempDir
    Path folder;

    private static Answer call(String hook, String... options) {
        Map<String, String> all = new HashMap<>(Map.of(Options.CUTOVER_HOOK, hook, Options.CUTOVER_HOOK_RETRIES, "0"));
        for (int i = 0; i < options.length; i += 2) {
            all.put(options[i], options[i + 1]);
        }
        return new Hook(Options.of(all)).call(Direction.CUTOVER, "shop", "run-1");
    }

    @Test
    void withoutAHookThereIsNothingToDo() {
        assertThat(call("")).isEqualTo(new Answer(true, "no hook is named", Map.of()));
    }

    @Test
    void aCommandIsToldWhereToGoAndWhatItSaysIsKept() {
        Answer answer = call("echo \"$LITEFERRY_DIRECTION $LITEFERRY_SOURCE $LITEFERRY_RUN\"; echo more >&2");
        assertThat(answer.ok()).as(answer.text()).isTrue();
        assertThat(answer.detail())
                .containsEntry("hook", "the command")
                .containsEntry("answer", "exit code 0")
                .containsEntry("calls", 1)
                .containsEntry("output", "cutover shop run-1\nmore");
    }

    @Test
    void aCommandThatFailsIsCalledAgain() {
        Path mark = folder.resolve("mark");
        Answer answer =
                call("test -e '" + mark + "' || { touch '" + mark + "'; exit 3; }", Options.CUTOVER_HOOK_RETRIES, "2");
        assertThat(answer.ok()).isTrue();
        assertThat(answer.detail()).containsEntry("calls", 2);
        Answer never = call("echo no; exit 3");
        assertThat(never.ok()).isFalse();
        assertThat(never.text()).isEqualTo("the command was called 1 times, at last: exit code 3, no");
    }

    @Test
    void aCommandThatTakesTooLongIsEndedWithWhatItHasStarted() throws Exception {
        Path pid = folder.resolve("pid");
        Answer answer = call("sleep 600 & echo $! > '" + pid + "'; wait", Options.CUTOVER_HOOK_TIMEOUT_MS, "500");
        assertThat(answer.ok()).isFalse();
        assertThat(answer.text()).contains("ended after 500 ms without an answer");
        long started = Long.parseLong(Files.readString(pid).strip());
        // One that nobody waits for stays in the table of processes, but has no program any more.
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .until(() -> ProcessHandle.of(started)
                        .flatMap(p -> p.info().command())
                        .isEmpty());
    }

    @Test
    void whatRunsOnInTheBackgroundDoesNotKeepTheAnswer() throws Exception {
        Path pid = folder.resolve("pid");
        Answer answer = call("sleep 600 & echo $! > '" + pid + "'");
        assertThat(answer.ok()).isTrue();
        ProcessHandle started =
                ProcessHandle.of(Long.parseLong(Files.readString(pid).strip())).orElseThrow();
        assertThat(started.isAlive()).isTrue();
        assertThat(started.destroyForcibly()).isTrue();
    }

    @Test
    void secretsAreNeitherHandedOnNorKept() {
        Answer answer = call(
                "echo the password is hunter-2; env | grep -c LITEFERRY_; exit 1 # token-in-the-command",
                Options.CONNECTION_PASSWORD,
                "hunter-2");
        assertThat(answer.detail()).containsEntry("output", "the password is ***\n3");
        assertThat(answer.toString()).doesNotContain("hunter-2").doesNotContain("token-in-the-command");
        Answer posted = call("http://127.0.0.1:1/token-in-the-path", Options.CUTOVER_HOOK_TIMEOUT_MS, "2000");
        assertThat(posted.ok()).isFalse();
        assertThat(posted.toString()).contains("no answer: ConnectException").doesNotContain("token-in-the-path");
    }

    private static HttpServer server(List<String> received, int... statuses) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        List<Integer> left = new ArrayList<>();
        for (int status : statuses) {
            left.add(status);
        }
        server.createContext("/", exchange -> {
            received.add(exchange.getRequestMethod() + " "
                    + exchange.getRequestHeaders().getFirst("Idempotency-Key") + " "
                    + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            byte[] body = "seen".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(left.remove(0), body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        return server;
    }

    @Test
    void aUrlIsSentAPostAndCalledAgainUntilItSaysYes() throws Exception {
        List<String> received = new CopyOnWriteArrayList<>();
        HttpServer server = server(received, 503, 200);
        try {
            Answer answer = call(
                    "http://127.0.0.1:" + server.getAddress().getPort() + "/move", Options.CUTOVER_HOOK_RETRIES, "3");
            assertThat(answer.ok()).as(answer.text()).isTrue();
            assertThat(answer.detail())
                    .containsEntry("answer", "HTTP status 200")
                    .containsEntry("calls", 2)
                    .containsEntry("output", "seen");
            assertThat(received)
                    .hasSize(2)
                    .allSatisfy(r -> assertThat(r)
                            .startsWith("POST run-1-cutover {")
                            .contains("\"direction\":\"cutover\"", "\"source\":\"shop\"", "\"run\":\"run-1\""));
        } finally {
            server.stop(0);
        }
    }

    @Test
    void aUrlThatDoesNotAnswerIsGivenUpInTime() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            try {
                never.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            exchange.close();
        });
        server.start();
        try {
            Answer answer =
                    call("http://127.0.0.1:" + server.getAddress().getPort(), Options.CUTOVER_HOOK_TIMEOUT_MS, "300");
            assertThat(answer.ok()).isFalse();
            assertThat(answer.text()).contains("no answer within 300 ms");
        } finally {
            never.countDown();
            server.stop(0);
        }
    }
}
