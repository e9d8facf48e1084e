package dev.heartbeat.testkit;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The oracle judges from outside: a judge that shares code with the bus shares its errors. */
@AnalyzeClasses(packages = "dev.heartbeat.testkit.fleet", importOptions = ImportOption.DoNotIncludeTests.class)
final class FleetArchitectureTest {

    @ArchTest
    static final ArchRule fleetsKnowNoInternals = noClasses()
            .that()
            .resideInAPackage("dev.heartbeat.testkit.fleet..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.heartbeat.internal..");
}
