package io.liteferry.cli.structure;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.liteferry.core.sqlite.ReadTurn;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;

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
            .layer("cli")
            .definedBy("io.liteferry.cli..")
            .whereLayer("cli")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("capture")
            .mayOnlyBeAccessedByLayers("cli")
            .whereLayer("sink")
            .mayOnlyBeAccessedByLayers("cli")
            .whereLayer("validator")
            .mayOnlyBeAccessedByLayers("cli")
            .whereLayer("embedded")
            .mayOnlyBeAccessedByLayers("cli")
            .whereLayer("core")
            .mayOnlyBeAccessedByLayers("capture", "sink", "validator", "cli");

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
            .should()
            .dependOnClassesThat()
            .belongToAnyOf(FileChannel.class, FileInputStream.class, FileOutputStream.class, RandomAccessFile.class);
}
