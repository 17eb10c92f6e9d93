package io.liteferry.core.service;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

/**
 * The three endpoints of a service: {@code /livez} answers as long as the process does, {@code /readyz} (with
 * {@code ?verbose} every check) answers 503 until all checks are ok, {@code /metrics} is Prometheus text.
 */
public final class AdminServer implements AutoCloseable {
    private final String host;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newFixedThreadPool(2, r -> {
        Thread t = new Thread(r, "admin");
        t.setDaemon(true);
        return t;
    });

    /** @param address host:port; port 0 takes a free one */
    public AdminServer(String address, ServiceHealth health, PrometheusMeterRegistry metrics) {
        int colon = address.lastIndexOf(':');
        try {
            host = address.substring(0, colon);
            InetSocketAddress socket = new InetSocketAddress(host, Integer.parseInt(address.substring(colon + 1)));
            server = HttpServer.create(socket, 16);
        } catch (IOException | IllegalArgumentException | StringIndexOutOfBoundsException e) {
            threads.shutdown();
            throw new LiteferryException(
                    ErrorCode.ADMIN_ADDRESS_IN_USE,
                    "Listening on " + address + ": " + e.getMessage()
                            + ". Stop what uses it, or set another *.admin.address (host:port).",
                    e);
        }
        server.setExecutor(threads);
        server.createContext("/livez", x -> answer(x, 200, "ok\n"));
        server.createContext("/readyz", x -> {
            boolean ready = health.ready();
            boolean verbose =
                    Optional.ofNullable(x.getRequestURI().getQuery()).orElse("").contains("verbose");
            String body = verbose
                    ? health.checks().entrySet().stream()
                                    .map(e -> (e.getValue().equals("ok") ? "[+]" : "[-]") + e.getKey() + " "
                                            + e.getValue() + "\n")
                                    .collect(Collectors.joining())
                            + health.hints().entrySet().stream()
                                    .map(e -> "[i]" + e.getKey() + " " + e.getValue() + "\n")
                                    .collect(Collectors.joining())
                    : ready ? "ok\n" : "not ready\n";
            answer(x, ready ? 200 : 503, body);
        });
        server.createContext("/metrics", x -> answer(x, 200, metrics.scrape()));
        server.start();
    }

    /** The host that was asked for, and the port it has. */
    public String address() {
        return host + ":" + server.getAddress().getPort();
    }

    private static void answer(HttpExchange exchange, int status, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
        try (exchange) {
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
