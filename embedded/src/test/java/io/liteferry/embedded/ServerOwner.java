package io.liteferry.embedded;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A process of its own that starts a server, prints its address and waits to be killed. */
final class ServerOwner {
    private ServerOwner() {}

    public static void main(String[] arguments) throws Exception {
        Path directory = Path.of(arguments[1]);
        String address = switch (arguments[0]) {
            case "kafka" -> EmbeddedKafka.start(directory).bootstrapServers();
            case "postgres" -> PostgresServer.start(directory).jdbcUrl();
            default -> throw new IllegalArgumentException(arguments[0]);
        };
        System.out.println("address " + address);
        Thread.currentThread().join();
    }

    static Process launch(String server, Path directory) throws IOException {
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx384m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                ServerOwner.class.getName(),
                server,
                directory.toString());
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    static String address(Process owner) throws IOException {
        BufferedReader output = owner.inputReader();
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            if (line.startsWith("address ")) {
                return line.substring("address ".length());
            }
        }
        throw new IllegalStateException("The server's owner ended before its server was there");
    }
}
