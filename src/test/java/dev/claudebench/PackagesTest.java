package dev.claudebench;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import java.util.Arrays;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;

/** Which packages depend on which, and on which parts of the frameworks. */
class PackagesTest {
    private static final String OURS = "dev.claudebench.";
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.claudebench");

    @ParameterizedTest
    @ValueSource(strings = {"method", "config"})
    void groundDependsOnNoOtherPackage(String name) {
        assertDependsOnlyOn(name);
    }

    @Test
    void redisDependsOnTheGroundAlone() {
        assertDependsOnlyOn("redis", "method", "config");
    }

    @Test
    void protocolKnowsNeitherRedisNorAFeature() {
        assertDependsOnlyOn("rpc", "method", "config");
    }

    @Test
    void guardsKnowNeitherTheProtocolNorAFeature() {
        assertDependsOnlyOn("guard", "method", "config", "redis");
    }

    @Test
    void packagesDependOnEachOtherInNoCircle() {
        slices().matching(OURS + "(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void nettyIsNotUsed() {
        noClasses().should().dependOnClassesThat().resideInAPackage("io.netty..").check(CLASSES);
    }

    @Test
    void internalsOfVertxAreNotUsed() {
        noClasses().should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.vertx..impl..", "io.vertx..internal..")
                .check(CLASSES);
    }

    @Test
    void redisIsReachedThroughQuarkus() {
        noClasses().should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("io.vertx.redis.client.Redis")
                .because("io.quarkus.redis.datasource.ReactiveRedisDataSource does the same and is configured")
                .check(CLASSES);
        noClasses().that()
                .haveNameNotMatching(OURS + "redis\\.ClusterShards.*")
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("io.vertx.mutiny.redis.client.Redis")
                .because("only a Cluster needs clients of its own, one for each shard")
                .check(CLASSES);
    }

    /** Asserts that of our packages a package, with those inside it, depends on itself and these alone. */
    private static void assertDependsOnlyOn(String name, String... others) {
        String[] allowed = Stream.concat(Stream.of(name), Arrays.stream(others))
                .map(other -> OURS + other + "..")
                .toArray(String[]::new);
        DescribedPredicate<JavaClass> another = resideInAPackage("dev.claudebench..").and(
                DescribedPredicate.not(resideInAnyPackage(allowed)));
        noClasses().that().resideInAPackage(OURS + name + "..").should().dependOnClassesThat(another).check(CLASSES);
    }
}
