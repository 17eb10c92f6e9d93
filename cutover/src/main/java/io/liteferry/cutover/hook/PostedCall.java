package io.liteferry.cutover.hook;

import io.liteferry.core.change.Json;
import io.liteferry.cutover.hook.Hook.Call;
import io.liteferry.cutover.hook.Hook.Reply;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A POST with JSON; any status from 200 to 299 is yes. Calls of one run carry the same key, so that a receiver can tell a repetition. */
record PostedCall(URI address) implements Hook.Way {
    private static final int MOST_OUTPUT = 2_000;

    @Override
    public Reply call(Call call, Duration timeout) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(address)
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", call.run() + "-" + call.direction().text())
                .POST(HttpRequest.BodyPublishers.ofByteArray(Json.bytes(
                        Map.of("direction", call.direction().text(), "source", call.source(), "run", call.run()))))
                .build();
        CompletableFuture<HttpResponse<String>> answer = HttpClient.newBuilder()
                .connectTimeout(timeout)
                .build()
                .sendAsync(request, HttpResponse.BodyHandlers.ofString());
        try {
            HttpResponse<String> response = answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            String body = response.body();
            return new Reply(
                    response.statusCode() / 100 == 2,
                    "HTTP status " + response.statusCode(),
                    body.substring(0, Math.min(MOST_OUTPUT, body.length())).strip());
        } catch (TimeoutException e) {
            return new Reply(false, "no answer within " + timeout.toMillis() + " ms", "");
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
        } finally {
            answer.cancel(true);
        }
    }
}
