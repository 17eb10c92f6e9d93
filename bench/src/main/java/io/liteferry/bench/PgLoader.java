package io.liteferry.bench;

import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The peer of the first load: Debian's pgloader, as its manual says, with its own defaults. */
final class PgLoader {
    private static final Pattern URL =
            Pattern.compile("jdbc:postgresql://([^/]+)/([^?]+)\\?user=([^&]+)(?:&password=([^&]+))?.*");

    private final String version;

    private PgLoader(String version) {
        this.version = version;
    }

    /** @throws MissingPeerException where it is not installed */
    static PgLoader find() throws InterruptedException {
        try {
            Process p = new ProcessBuilder("pgloader", "--version")
                    .redirectErrorStream(true)
                    .start();
            String said = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            p.waitFor();
            return new PgLoader(said.lines().findFirst().orElse("unknown"));
        } catch (IOException e) {
            throw new MissingPeerException("pgloader is not on this machine, so there is nothing to compare with."
                    + " Install it: apt-get install pgloader");
        }
    }

    String version() {
        return version;
    }

    /**
     * Loads all tables of the file into an empty database.
     *
     * @return seconds from the start of the process to its end
     */
    double load(Path sqlite, String jdbcUrl, Path folder) throws IOException, InterruptedException {
        Matcher m = URL.matcher(jdbcUrl);
        if (!m.matches()) {
            throw new IllegalArgumentException("not a URL with a user: " + jdbcUrl.replaceAll("\\?.*", ""));
        }
        String password = m.group(4) == null ? "" : ":" + URLDecoder.decode(m.group(4), StandardCharsets.UTF_8);
        // A command file: a password on the command line is there for everybody to read.
        Path commands = Files.createTempFile(
                folder,
                "pgloader-",
                ".load",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Path log = folder.resolve("pgloader.log");
        Files.writeString(
                commands,
                "LOAD DATABASE FROM sqlite://" + sqlite.toAbsolutePath() + " INTO postgresql://" + m.group(3) + password
                        + "@" + m.group(1) + "/" + m.group(2) + ";\n");
        long from = System.nanoTime();
        Process p = new ProcessBuilder("pgloader", commands.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        if (!p.waitFor(30, TimeUnit.MINUTES)) {
            p.destroyForcibly();
            throw new IllegalStateException("pgloader did not end within 30 minutes");
        }
        double seconds = (System.nanoTime() - from) / 1e9;
        if (p.exitValue() != 0) {
            throw new IllegalStateException("pgloader ended with " + p.exitValue() + ": " + Files.readString(log));
        }
        return seconds;
    }
}
