package io.liteferry.cli.pipeline;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * A server's certificate, signed by itself, made with the JDK's keytool: as a key store, and as PEM files.
 *
 * @param trust a store that holds the certificate alone
 * @param password of both stores
 */
record Certificate(Path keys, Path trust, Path pem, Path pemKey, String password) {
    /** @param host {@code ip:127.0.0.1} or {@code dns:name}, for which alone it is good */
    static Certificate make(Path folder, String name, String host, String password)
            throws IOException, InterruptedException, GeneralSecurityException {
        Path keys = folder.resolve(name + ".p12");
        Path trust = folder.resolve(name + "-trust.p12");
        Path pem = folder.resolve(name + ".pem");
        Path pemKey = folder.resolve(name + ".key");
        keytool(List.of(
                "-genkeypair",
                "-alias",
                "server",
                "-keyalg",
                "RSA",
                "-keysize",
                "2048",
                "-validity",
                "2",
                "-dname",
                "CN=test",
                "-ext",
                "san=" + host,
                "-storetype",
                "PKCS12",
                "-keystore",
                keys.toString(),
                "-storepass",
                password));
        keytool(List.of(
                "-exportcert",
                "-rfc",
                "-alias",
                "server",
                "-keystore",
                keys.toString(),
                "-storepass",
                password,
                "-file",
                pem.toString()));
        keytool(List.of(
                "-importcert",
                "-noprompt",
                "-alias",
                "server",
                "-storetype",
                "PKCS12",
                "-keystore",
                trust.toString(),
                "-storepass",
                password,
                "-file",
                pem.toString()));
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(keys)) {
            store.load(in, password.toCharArray());
        }
        byte[] key = store.getKey("server", password.toCharArray()).getEncoded();
        // PostgreSQL takes a key that nobody else may read.
        Files.createFile(pemKey, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(
                pemKey,
                "-----BEGIN PRIVATE KEY-----\n" + Base64.getMimeEncoder().encodeToString(key)
                        + "\n-----END PRIVATE KEY-----\n");
        return new Certificate(keys, trust, pem, pemKey, password);
    }

    private static void keytool(List<String> arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(arguments);
        command.add(
                0, Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        Process run = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(run.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (run.waitFor() != 0) {
            throw new IOException(said);
        }
    }
}
