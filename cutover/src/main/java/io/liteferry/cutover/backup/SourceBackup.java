package io.liteferry.cutover.backup;

import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.change.Json;
import io.liteferry.core.change.Position;
import io.liteferry.core.sqlite.SqliteCopy;
import io.liteferry.core.sqlite.SqliteFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A verified copy of a source, as it was in one read transaction.
 *
 * @param path of the copy; its figures stand beside it, with {@code .json} at the end
 * @param rows by table of the application
 * @param foreignKeyViolations that the source had; empty where SQLite cannot check a foreign key of it
 * @param position the end of the change log in the copy; empty where it has none
 */
public record SourceBackup(
        Path path,
        long pages,
        long bytes,
        String sha256,
        Map<String, Long> rows,
        Optional<Long> foreignKeyViolations,
        Instant takenAt,
        Optional<Position> position) {

    /** What stands in the file beside the copy. */
    record Document(
            String file,
            long pages,
            long bytes,
            String sha256,
            Map<String, Long> rows,
            @Nullable Long foreignKeyViolations,
            String takenAt,
            @Nullable Position position) {}

    /**
     * Copies a source and checks the copy: its pages, their integrity, foreign keys, rows. The application writes meanwhile;
     * the WAL grows for as long as the copy takes.
     *
     * @param folder made where it is missing; the copy can be read by this user alone
     * @param progress told now and then
     * @throws LiteferryException {@link ErrorCode#BACKUP_FAILED}; no copy is left then
     */
    public static SourceBackup take(SqliteFile file, Path folder, Clock clock, SqliteCopy.Progress progress) {
        return new BackupRun(file, folder, clock).run(progress);
    }

    /**
     * Reads a copy again.
     *
     * @throws LiteferryException {@link ErrorCode#BACKUP_FAILED} where it is not, byte for byte, the one that was taken
     */
    public static SourceBackup verify(Path path) {
        try {
            Document d = Json.read(
                    Files.readAllBytes(figures(path)),
                    Document.class,
                    figures(path).toString());
            String sha256 = BackupRun.sha256(path);
            if (Files.size(path) != d.bytes() || !sha256.equals(d.sha256())) {
                throw new LiteferryException(
                        ErrorCode.BACKUP_FAILED,
                        "Verifying " + path + ": it has " + Files.size(path) + " bytes and SHA-256 " + sha256
                                + ", " + d.bytes() + " and " + d.sha256()
                                + " when it was taken. Do not fall back on it; take another with liteferry backup --config ….");
            }
            return new SourceBackup(
                    path,
                    d.pages(),
                    d.bytes(),
                    d.sha256(),
                    d.rows(),
                    Optional.ofNullable(d.foreignKeyViolations()),
                    Instant.parse(d.takenAt()),
                    Optional.ofNullable(d.position()));
        } catch (IOException e) {
            throw new LiteferryException(
                    ErrorCode.BACKUP_FAILED,
                    "Verifying " + path + ": " + e
                            + ". Give the path of a copy that liteferry backup has made, with its .json beside it.",
                    e);
        }
    }

    Document document() {
        return new Document(
                String.valueOf(path.getFileName()),
                pages,
                bytes,
                sha256,
                rows,
                foreignKeyViolations.orElse(null),
                takenAt.toString(),
                position.orElse(null));
    }

    static Path figures(Path path) {
        return Path.of(path + ".json");
    }
}
