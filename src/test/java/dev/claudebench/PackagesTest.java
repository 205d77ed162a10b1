package dev.claudebench;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import java.util.Arrays;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;

/** What each package may depend on. */
class PackagesTest {
    private static final String ROOT = "dev.claudebench.";
    private static final JavaClasses SERVICE = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.claudebench");

    @ParameterizedTest
    @CsvSource({"method,''", "config,''", "redis,method config", "redis.embedded,config", "rpc,method config",
            "guard,method config", "instance,method config redis", "task,method config redis",
            "state,method config redis task", "event,method config redis rpc", "discover,method config"})
    void groundsAndFeaturesDependOnLittle(String name, String others) {
        String[] allowed = Stream.concat(Stream.of(name), Arrays.stream(others.split(" ")).filter(other -> !other.isEmpty()))
                .map(other -> ROOT + other)
                .toArray(String[]::new);
        classes().that(resideInAPackage(ROOT + name))
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(allowed).or(not(resideInAPackage("dev.claudebench.."))))
                .check(SERVICE);
    }

    @Test
    void noClassDependsOnTheInternalsOfTheFramework() {
        noClasses().should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.netty..", "io.vertx..impl..")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("io.vertx.redis.client.Redis")
                .check(SERVICE);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching(ROOT + "(*)..").should().beFreeOfCycles().check(SERVICE);
    }
}
