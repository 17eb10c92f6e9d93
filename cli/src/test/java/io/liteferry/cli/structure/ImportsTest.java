package io.liteferry.cli.structure;

import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.conditions.ArchConditions;
import io.liteferry.core.sqlite.ReadTurn;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.FileReader;
import java.io.FileWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** ARCHITECTURE.md says which way imports run; this holds it. */
@AnalyzeClasses(packages = "io.liteferry", importOptions = DoNotIncludeTests.class)
class ImportsTest {
    @ArchTest
    static final ArchRule IMPORTS_RUN_ONE_WAY = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("core")
            .definedBy("io.liteferry.core..")
            .layer("embedded")
            .definedBy("io.liteferry.embedded..")
            .layer("capture")
            .definedBy("io.liteferry.capture..")
            .layer("sink")
            .definedBy("io.liteferry.sink..")
            .layer("validator")
            .definedBy("io.liteferry.validator..")
            .layer("cutover")
            .definedBy("io.liteferry.cutover..")
            .layer("cli")
            .definedBy("io.liteferry.cli..")
            .whereLayer("cli")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("cutover")
            .mayOnlyBeAccessedByLayers("cli")
            .whereLayer("capture")
            .mayOnlyBeAccessedByLayers("cutover", "cli")
            .whereLayer("sink")
            .mayOnlyBeAccessedByLayers("cutover", "cli")
            .whereLayer("validator")
            .mayOnlyBeAccessedByLayers("cutover", "cli")
            .whereLayer("embedded")
            .mayOnlyBeAccessedByLayers("cli")
            .whereLayer("core")
            .mayOnlyBeAccessedByLayers("capture", "sink", "validator", "cutover", "cli");

    @ArchTest
    static final ArchRule PACKAGES_HAVE_NO_CYCLES =
            slices().matching("io.liteferry.(**)").should().beFreeOfCycles();

    /** A second handle on the database's files, once closed, would drop every lock that SQLite holds in this process. */
    @ArchTest
    static final ArchRule THE_DATABASE_IS_NEVER_OPENED_AS_A_FILE = noClasses()
            .that(resideInAPackage("io.liteferry.core.sqlite..")
                    .or(resideInAPackage("io.liteferry.capture.."))
                    .or(resideInAPackage("io.liteferry.validator..")))
            .and()
            .doNotBelongToAnyOf(ReadTurn.class)
            .should(openFiles());

    private static ArchCondition<JavaClass> openFiles() {
        return ArchConditions.dependOnClassesThat(belongToAnyOf(
                        FileChannel.class,
                        FileInputStream.class,
                        FileOutputStream.class,
                        FileReader.class,
                        FileWriter.class,
                        RandomAccessFile.class))
                .or(ArchConditions.callMethodWhere(target(owner(belongToAnyOf(Files.class)))
                        .and(target(nameMatching("(new|read|write|copy|lines|mismatch).*")))
                        .and(target(nameMatching("readAttributes|readSymbolicLink"))
                                .negate())));
    }

    /** The rule finds each of the ways in which a file can be opened. */
    @Test
    void aClassThatOpensAFileIsFound() {
        for (Class<?> planted : List.of(ByChannel.class, ByStream.class, ByFiles.class, ByCopy.class)) {
            assertThat(noClasses()
                            .should(openFiles())
                            .evaluate(new ClassFileImporter().importClasses(planted))
                            .hasViolation())
                    .as(planted.getSimpleName())
                    .isTrue();
        }
        assertThat(noClasses()
                        .should(openFiles())
                        .evaluate(new ClassFileImporter().importClasses(ByStat.class))
                        .hasViolation())
                .isFalse();
    }

    static final class ByChannel {
        static long size(Path file) throws IOException {
            try (FileChannel channel = FileChannel.open(file)) {
                return channel.size();
            }
        }
    }

    static final class ByStream {
        static int first(Path file) throws IOException {
            try (InputStream in = new FileInputStream(file.toString())) {
                return in.read();
            }
        }
    }

    static final class ByFiles {
        static byte[] all(Path file) throws IOException {
            return Files.readAllBytes(file);
        }
    }

    static final class ByCopy {
        static Path copy(Path file) throws IOException {
            return Files.copy(file, file.resolveSibling("copy"));
        }
    }

    static final class ByStat {
        static long size(Path file) throws IOException {
            return Files.size(file) + Files.getLastModifiedTime(file).toMillis();
        }
    }
}
