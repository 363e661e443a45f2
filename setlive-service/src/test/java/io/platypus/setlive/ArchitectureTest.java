package io.platypus.setlive;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Instant;

@AnalyzeClasses(
        packages = "io.platypus.setlive",
        importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule noCycles =
            slices().matching("io.platypus.setlive.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule planIsPure =
            noClasses()
                    .that()
                    .resideInAPackage("..plan")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(
                            "org.springframework..", "java.io..", "java.net..", "org.slf4j..")
                    .orShould()
                    .dependOnClassesThat()
                    .haveFullyQualifiedName("java.nio.file.Files")
                    .orShould()
                    .dependOnClassesThat()
                    .haveFullyQualifiedName("java.time.Clock")
                    .orShould()
                    .callMethod(Instant.class, "now");

    @ArchTest
    static final ArchRule onlyTheEdgeKnowsSpring =
            noClasses()
                    .that()
                    .resideOutsideOfPackage("io.platypus.setlive")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage("org.springframework..");
}
