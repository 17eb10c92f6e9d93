package io.liteferry.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileListTest {
    @TempDir
    Path folder;

    @Test
    void aPatternNamesTheDatabasesInTheOrderOfTheirNames() throws IOException {
        for (String name : List.of("b.db", "a.db", "a.db-wal", "a.db-liteferry-turn", "c.txt")) {
            Files.createFile(folder.resolve(name));
        }
        Files.createDirectory(folder.resolve("d.db"));
        assertThat(FileList.isPattern(folder + "/*.db")).isTrue();
        assertThat(FileList.isPattern(folder + "/a.db")).isFalse();
        assertThat(FileList.of(List.of(folder + "/*.db*")))
                .containsExactly(folder.resolve("a.db"), folder.resolve("b.db"));
    }

    @Test
    void oneFileIsOneSourceWhateverItsNames() throws IOException {
        Path a = Files.createFile(folder.resolve("a.db"));
        Path link = Files.createSymbolicLink(folder.resolve("link.db"), a);
        Path hard = Files.createLink(folder.resolve("hard.db"), a);
        for (Path other : List.of(a, link, hard)) {
            assertThatThrownBy(() -> FileList.of(List.of(a.toString(), other.toString())))
                    .hasMessageContaining("is the same file as " + a);
        }
        assertThatThrownBy(() -> FileList.of(List.of(folder + "/*.sqlite"))).hasMessageContaining("no file matches");
        assertThatThrownBy(() -> FileList.of(List.of(folder + "/none/*.db"))).hasMessageContaining("NoSuchFile");
    }
}
