package io.liteferry.embedded;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A server's directory, owned by one run at a time. The lock on the file in it goes when the process ends, however it ends.
 *
 * <p>Inside one process the lock's file is opened once only: closing any channel of a file drops all locks that the process has on it.
 */
record OwnedDirectory(Path path, FileChannel lock) implements AutoCloseable {
    private static final String LOCK = "lock";
    private static final Set<Path> OWNED_HERE = ConcurrentHashMap.newKeySet();

    /** Makes the directory where it is missing, and owns it until closed. */
    static OwnedDirectory take(String server, Path directory) {
        try {
            Optional<OwnedDirectory> taken =
                    take(Files.createDirectories(directory).toRealPath());
            if (taken.isPresent()) {
                return taken.get();
            }
        } catch (IOException e) {
            throw new EmbeddedServerException(
                    "Could not take the directory of the " + server + ", " + directory + ": " + e + ". Is it writable?",
                    e);
        }
        throw new EmbeddedServerException("The " + server + " in " + directory
                + " is in use by another run. Stop that one first, or use another directory.");
    }

    /** Whether some run owns the directory now. */
    static boolean isOwned(Path directory) {
        if (!Files.exists(directory.resolve(LOCK))) {
            return false;
        }
        try {
            Optional<OwnedDirectory> free = take(directory.toRealPath());
            free.ifPresent(OwnedDirectory::close);
            return free.isEmpty();
        } catch (IOException e) {
            throw new EmbeddedServerException("Could not look whether " + directory + " is in use: " + e, e);
        }
    }

    @Override
    public void close() {
        try {
            lock.close();
        } catch (IOException e) {
            throw new EmbeddedServerException("Could not release " + path + ": " + e, e);
        } finally {
            OWNED_HERE.remove(path);
        }
    }

    private static Optional<OwnedDirectory> take(Path path) throws IOException {
        if (!OWNED_HERE.add(path)) {
            return Optional.empty();
        }
        Optional<OwnedDirectory> taken = Optional.empty();
        try {
            FileChannel channel =
                    FileChannel.open(path.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (channel.tryLock() == null) {
                channel.close();
            } else {
                taken = Optional.of(new OwnedDirectory(path, channel));
            }
            return taken;
        } finally {
            if (taken.isEmpty()) {
                OWNED_HERE.remove(path);
            }
        }
    }
}
