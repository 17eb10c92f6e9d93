package io.liteferry.cli.demo;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.function.UnaryOperator;

/** Hears a hook that is a URL, on the JDK's own HTTP server. */
final class HookEar implements AutoCloseable {
    private final HttpServer server;
    private final UnaryOperator<String> told;

    /** @param told is given the body of each call, and answers what is sent back */
    HookEar(UnaryOperator<String> told) {
        this.told = told;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new LiteferryException(
                    ErrorCode.SERVICE_FAILED, "Listening for the hook of the sample application: " + e, e);
        }
        server.createContext("/move", this::call);
        server.start();
    }

    /** What to give as {@code cutover.hook}. */
    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/move";
    }

    private void call(HttpExchange call) throws IOException {
        try (call) {
            String body = new String(call.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            byte[] answer = told.apply(body).getBytes(StandardCharsets.UTF_8);
            call.sendResponseHeaders(200, answer.length);
            call.getResponseBody().write(answer);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
