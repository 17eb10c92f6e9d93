package io.liteferry.cli.local;

import io.liteferry.core.options.Options;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Asks the services' admin endpoints how they are. */
public final class ServiceProbe {
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private ServiceProbe() {}

    /**
     * How a service is.
     *
     * @param failing its checks that are not ok, each with the reason
     * @param hints what is to be known
     */
    public record Answer(boolean up, boolean answers, List<String> failing, List<String> hints) {
        /** {@code up}, {@code not ready: …} or {@code down: …}. */
        public String text() {
            return up
                    ? String.join(
                            "; ", Stream.concat(Stream.of("up"), hints.stream()).toList())
                    : (answers ? "not ready: " : "down: ") + String.join(", ", failing);
        }
    }

    /** The answer of every service, by name. */
    public static Map<String, Answer> all(Options options) {
        Map<String, Answer> states = new LinkedHashMap<>();
        states.put("capture", state(options.string(Options.CAPTURE_ADMIN_ADDRESS)));
        states.put("sink", state(options.string(Options.SINK_ADMIN_ADDRESS)));
        states.put("validator", state(options.string(Options.VALIDATOR_ADMIN_ADDRESS)));
        if (options.flag(Options.CUTOVER_REVERSE_ENABLED)) {
            states.put("reverse", state(options.string(Options.REVERSE_ADMIN_ADDRESS)));
        }
        return states;
    }

    private static Answer state(String address) {
        HttpClient client = HttpClient.newBuilder().connectTimeout(PATIENCE).build();
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + address + "/readyz?verbose"))
                .timeout(PATIENCE)
                .build();
        try {
            HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
            return new Answer(
                    answer.statusCode() == 200, true, lines(answer.body(), "[-]"), lines(answer.body(), "[i]"));
        } catch (IOException e) {
            return new Answer(false, false, List.of("nothing answers at " + address), List.of());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Answer(false, false, List.of("interrupted"), List.of());
        }
    }

    /** The lines that begin with a mark, without it. */
    private static List<String> lines(String body, String mark) {
        return body.lines()
                .filter(l -> l.startsWith(mark))
                .map(l -> l.substring(mark.length()))
                .toList();
    }
}
