package io.liteferry.connect;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PluginArchiveTest {
    @TempDir
    Path folder = Path.of("");

    @Test
    void isOneFolderOfJarsOfWhichNoneIsTheWorkers() throws Exception {
        assertThat(PluginArchive.path().getFileName().toString())
                .matches("liteferry-connect-[0-9][^/]*-plugin\\.tar\\.gz");
        assertThat(PluginArchive.unpack(folder).stream().map(n -> n.replaceFirst("-[0-9][^/]*\\.jar", ".jar")))
                .containsExactlyInAnyOrder(
                        "liteferry-connect/LICENSE",
                        "liteferry-connect/liteferry-capture.jar",
                        "liteferry-connect/liteferry-core.jar",
                        "liteferry-connect/liteferry-sink.jar",
                        "liteferry-connect/postgresql.jar",
                        "liteferry-connect/snakeyaml.jar",
                        "liteferry-connect/sqlite-jdbc.jar");
    }

    /** A worker brings slf4j 1.7: a call of version 2's interface would end the task with a NoSuchMethodError. */
    @Test
    void usesNothingOfTheSecondLoggingInterface() throws Exception {
        List<String> users = new ArrayList<>();
        for (String name : PluginArchive.unpack(folder)) {
            if (name.contains("/liteferry-") && name.endsWith(".jar")) {
                try (JarFile jar = new JarFile(folder.resolve(name).toFile())) {
                    for (JarEntry e : jar.stream().toList()) {
                        try (InputStream in = jar.getInputStream(e)) {
                            String content = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
                            if (content.contains("org/slf4j/spi/") || content.contains("org/slf4j/event/")) {
                                users.add(e.getName());
                            }
                        }
                    }
                }
            }
        }
        assertThat(users).isEmpty();
    }
}
