package io.liteferry.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.core.service.DiskSpace;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskSpaceTest {
    @TempDir
    Path folder;

    @Test
    void warnsBelowTenPercentAndBelowTwiceTheWal() throws Exception {
        Path file = Files.write(folder.resolve("app.db"), new byte[512]);
        assertThat(new DiskSpace(file, 10_000, 100_000).tight()).isEmpty();
        assertThat(new DiskSpace(file, 9_999, 100_000).tight())
                .hasValueSatisfying(t -> assertThat(t).contains("make room"));
        Files.write(folder.resolve("app.db-wal"), new byte[5_001]);
        assertThat(new DiskSpace(file, 10_000, 100_000).tight()).isPresent();
        assertThat(new DiskSpace(file, 10_002, 100_000).tight()).isEmpty();
    }
}
