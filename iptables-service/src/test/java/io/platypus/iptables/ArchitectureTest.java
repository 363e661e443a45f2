package io.platypus.iptables;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(
        packages = "io.platypus.iptables",
        importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule packagesHaveNoCycles =
            slices().matching("io.platypus.iptables.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule planIsPure =
            noClasses()
                    .that()
                    .resideInAPackage("..iptables.plan..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(
                            "java.io..",
                            "java.nio..",
                            "java.net..",
                            "java.time..",
                            "java.util.concurrent..",
                            "org.slf4j..",
                            "org.springframework..",
                            "tools.jackson..",
                            "io.micrometer..",
                            "..iptables.firewall..",
                            "..iptables.command..");

    @ArchTest
    static final ArchRule springStaysAtTheEdge =
            noClasses()
                    .that()
                    .resideInAPackage("io.platypus.iptables.*..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("org.springframework..");

    @ArchTest
    static final ArchRule nothingIsInjectedIntoFields =
            noFields()
                    .should()
                    .beAnnotatedWith("org.springframework.beans.factory.annotation.Autowired");
}
