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
import java.util.stream.Collectors;

/** Asks the services' admin endpoints how they are. */
public final class ServiceProbe {
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private ServiceProbe() {}

    /** {@code up}, {@code not ready: …} or {@code down: …} of every service, by name. */
    public static Map<String, String> all(Options options) {
        Map<String, String> states = new LinkedHashMap<>();
        states.put("capture", state(options.string(Options.CAPTURE_ADMIN_ADDRESS)));
        states.put("sink", state(options.string(Options.SINK_ADMIN_ADDRESS)));
        states.put("validator", state(options.string(Options.VALIDATOR_ADMIN_ADDRESS)));
        return states;
    }

    private static String state(String address) {
        HttpClient client = HttpClient.newBuilder().connectTimeout(PATIENCE).build();
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + address + "/readyz?verbose"))
                .timeout(PATIENCE)
                .build();
        try {
            HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
            List<String> failing =
                    answer.body().lines().filter(l -> l.startsWith("[-]")).toList();
            String hints = answer.body()
                    .lines()
                    .filter(l -> l.startsWith("[i]"))
                    .map(l -> "; " + l.substring(3))
                    .collect(Collectors.joining());
            return answer.statusCode() == 200
                    ? "up" + hints
                    : "not ready: " + failing.stream().map(l -> l.substring(3)).collect(Collectors.joining(", "));
        } catch (IOException e) {
            return "down: nothing answers at " + address;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "unknown: interrupted";
        }
    }
}
