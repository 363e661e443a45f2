package io.platypus;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(
        packages = "io.platypus",
        importOptions = {ImportOption.DoNotIncludeTests.class, ImportOption.DoNotIncludeJars.class})
class StoreArchitectureTest {
    @ArchTest
    static final ArchRule packagesHaveNoCycles =
            slices().matching("io.platypus.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule nothingKnowsSpring =
            noClasses().should().dependOnClassesThat().resideInAPackage("org.springframework..");

    @ArchTest
    static final ArchRule onlyTheConsulAdapterSpeaksHttp =
            noClasses()
                    .that()
                    .resideOutsideOfPackage("io.platypus.store.consul")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("java.net.http");

    @ArchTest
    static final ArchRule adaptersDoNotKnowEachOther =
            slices().matching("io.platypus.store.(*)..").should().notDependOnEachOther();

    @ArchTest
    static final ArchRule adaptersThrowAndDoNotLog =
            noClasses()
                    .that()
                    .resideInAnyPackage("io.platypus.store..", "io.platypus.catalog..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("org.slf4j..");
}
