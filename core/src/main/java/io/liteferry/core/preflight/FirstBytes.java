package io.liteferry.core.preflight;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;

/**
 * The beginning of a file that SQLite refused, read by another process: closing a handle on it in this one would drop every
 * lock that SQLite holds here.
 */
final class FirstBytes {
    private static final int BYTES = 512;

    private FirstBytes() {}

    /** Pages of random bytes: hardly a text, and no file format that begins with zeros or repeats itself. */
    static boolean lookEncrypted(Path file) {
        byte[] head = read(file);
        boolean[] seen = new boolean[256];
        int distinct = 0;
        for (byte b : head) {
            distinct += seen[b & 0xFF] ? 0 : 1;
            seen[b & 0xFF] = true;
        }
        // 512 random bytes have 221 different ones, give or take 7.
        return head.length == BYTES && distinct > 180;
    }

    /** Nothing where the system has no such command: the finding is then the general one. */
    private static byte[] read(Path file) {
        try {
            Process p = new ProcessBuilder(List.of(
                            "head",
                            "-c",
                            String.valueOf(BYTES),
                            file.toAbsolutePath().toString()))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try (InputStream out = p.getInputStream()) {
                return out.readNBytes(BYTES);
            } finally {
                p.destroy();
            }
        } catch (IOException e) {
            return new byte[0];
        }
    }
}
