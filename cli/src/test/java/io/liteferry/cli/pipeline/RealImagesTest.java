package io.liteferry.cli.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.cli.independent.IndependentComparison;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.junit.jupiter.Container;
import org.testcontainers.junit.jupiter.Testcontainers;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.postgresql.PostgreSQLContainer;

/** The pipeline on the images that docker-compose.yml names. Skipped where no Docker engine is. */
@Testcontainers(disabledWithoutDocker = true)
class RealImagesTest {
    @Container
    private static final KafkaContainer KAFKA = new KafkaContainer("apache/kafka:4.3.1");

    @Container
    private static final PostgreSQLContainer POSTGRES = new PostgreSQLContainer("postgres:18.6");

    @TempDir
    Path folder;

    @Test
    void endsReadyOnChinook() throws Exception {
        MigrationFixture chinook = MigrationFixture.chinook(folder);
        String target = POSTGRES.getJdbcUrl().replaceFirst("\\?.*", "") + "?user=" + POSTGRES.getUsername()
                + "&password=" + URLEncoder.encode(POSTGRES.getPassword(), StandardCharsets.UTF_8);
        chinook.makePlanFor(KAFKA.getBootstrapServers(), target);

        MigrationFixture.Ended run = chinook.runUntilReady();

        assertThat(run.exit()).as(run.out() + run.err()).isZero();
        assertThat(IndependentComparison.compare(chinook.source(), target, "public"))
                .isEmpty();
    }
}
