package io.liteferry.embedded;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * The server's programs, unpacked once a user from an archive: that of the class path, or another version's. They stand in a folder only this user can write: a shared temporary
 * folder would let anybody put a program of theirs in their place.
 *
 * @param version part of the folder's name; a new one is unpacked beside the old
 * @param jar that holds the archive; empty where it stands on the class path
 */
public record PostgresBinaries(String version, Optional<Path> jar) {
    /** The version that is used wherever no other is asked for. */
    public static final PostgresBinaries USUAL = new PostgresBinaries("18.6.0", Optional.empty());

    /** Those of a jar that is named after its version, {@code 14.20.0.jar}. */
    public static PostgresBinaries of(Path jar) {
        return new PostgresBinaries(jar.getFileName().toString().replaceFirst("\\.jar$", ""), Optional.of(jar));
    }

    int major() {
        return Integer.parseInt(version.replaceFirst("\\..*", ""));
    }

    /** The folder that holds bin, lib and share. Without a home directory that can be written it is made in {@code other}. */
    Path unpacked(Path other) throws IOException {
        String archive = archive();
        String folder = "postgres-" + version + "-" + System.getProperty("os.arch");
        Path cached = cache().resolve(folder);
        if (Files.isDirectory(cached)) {
            return cached;
        }
        try {
            return unpack(archive, cached);
        } catch (IOException e) {
            Path beside = other.resolve(folder);
            try {
                return Files.isDirectory(beside) ? beside : unpack(archive, beside);
            } catch (IOException second) {
                second.addSuppressed(e);
                throw second;
            }
        }
    }

    private static String archive() {
        String system = System.getProperty("os.name");
        String processor = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
        if ("Linux".equals(system) && processor.equals("amd64")) {
            return "/postgres-linux-x86_64.txz";
        }
        if ("Linux".equals(system) && processor.equals("aarch64")) {
            return "/postgres-linux-arm_64.txz";
        }
        throw new EmbeddedServerException("There is no embedded PostgreSQL for " + system + " on " + processor
                + ". Set connection.url to a server of your own.");
    }

    /** Root's is outside its home: the server, which is not root, must be able to reach its programs. */
    private static Path cache() throws IOException {
        if (UnprivilegedCommand.isRoot()) {
            return Path.of("/var/cache/liteferry");
        }
        String configured = System.getenv("XDG_CACHE_HOME");
        Path base = configured == null || configured.isEmpty()
                ? Path.of(System.getProperty("user.home"), ".cache")
                : Path.of(configured);
        return base.toAbsolutePath().resolve("liteferry");
    }

    /** Unpacks beside the final place and moves the whole folder there, so that nobody ever sees half of it. */
    private Path unpack(String archive, Path folder) throws IOException {
        Files.createDirectories(folder.getParent());
        Path unfinished = Files.createTempDirectory(folder.getParent(), "unpacking-");
        try (InputStream packed = open(archive)) {
            TarArchiveInputStream tar = new TarArchiveInputStream(new XZInputStream(new BufferedInputStream(packed)));
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                write(entry, tar, unfinished);
            }
            return moveIntoPlace(unfinished, folder);
        } finally {
            FileTree.delete(unfinished);
        }
    }

    private InputStream open(String archive) throws IOException {
        if (jar.isPresent()) {
            return URI.create("jar:" + jar.get().toUri() + "!" + archive)
                    .toURL()
                    .openStream();
        }
        InputStream packed = PostgresBinaries.class.getResourceAsStream(archive);
        if (packed == null) {
            throw new EmbeddedServerException("The class path lacks " + archive.substring(1)
                    + ". Build again, or set connection.url to a server of your own.");
        }
        return packed;
    }

    private static void write(TarArchiveEntry entry, InputStream content, Path root) throws IOException {
        Path path = root.resolve(entry.getName()).normalize();
        if (!path.startsWith(root)) {
            throw new IOException("The archive names a path outside itself: " + entry.getName());
        }
        if (entry.isDirectory()) {
            Files.createDirectories(path);
            return;
        }
        Files.createDirectories(path.getParent());
        if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
        } else if (entry.isLink()) {
            Files.createLink(path, root.resolve(entry.getLinkName()));
        } else {
            Files.copy(content, path);
            boolean program = (entry.getMode() & 0100) != 0;
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(program ? "rwxr-xr-x" : "rw-r--r--"));
        }
    }

    private static Path moveIntoPlace(Path unfinished, Path folder) throws IOException {
        try {
            Files.setPosixFilePermissions(unfinished, PosixFilePermissions.fromString("rwxr-xr-x"));
            return Files.move(unfinished, folder, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileAlreadyExistsException | DirectoryNotEmptyException e) {
            return folder; // another process was faster; its folder is whole
        }
    }
}
