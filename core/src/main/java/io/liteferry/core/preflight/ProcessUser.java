package io.liteferry.core.preflight;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/** The user this process runs as, and its groups. */
record ProcessUser(int uid, Set<Integer> groups) {

    static ProcessUser current() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.isReadable(status)) {
            // Not Linux: a file of our own tells who we are, the groups stay unknown.
            Path own = Files.createTempFile("liteferry", ".uid");
            try {
                return new ProcessUser(FileChecks.uid(own), Set.of());
            } finally {
                Files.delete(own);
            }
        }
        int uid = -1;
        Set<Integer> groups = new HashSet<>();
        for (String line : Files.readAllLines(status)) {
            String[] words = line.trim().split("\\s+", -1);
            switch (words[0]) {
                case "Uid:" -> uid = Integer.parseInt(words[2]); // real, then effective
                case "Gid:" -> groups.add(Integer.parseInt(words[2]));
                case "Groups:" -> {
                    for (int i = 1; i < words.length; i++) {
                        groups.add(Integer.parseInt(words[i]));
                    }
                }
                default -> {}
            }
        }
        return new ProcessUser(uid, Set.copyOf(groups));
    }
}
