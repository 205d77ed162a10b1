package dev.claudebench.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.method.Json;

/** The SBOM that the build makes names what the package contains, and no library of tests. */
class SbomIT {
    @Test
    void everyLibraryOfThePackageIsListed() throws IOException {
        JsonNode sbom = Json.read(Files.readString(Path.of(System.getProperty("claudebench.sbom"))));
        assertThat(sbom.path("bomFormat").textValue()).isEqualTo("CycloneDX");
        List<String> listed = sbom.path("components")
                .findParents("purl")
                .stream()
                .map(component -> component.path("group").textValue() + "." + component.path("name").textValue() + "-"
                        + component.path("version").textValue())
                .toList();

        // a file is named group.name-version[-classifier].jar
        Path libraries = Path.of(System.getProperty("claudebench.jar")).resolveSibling("lib");
        try (Stream<Path> files = Files.walk(libraries)) {
            assertThat(files.map(file -> file.getFileName().toString()).filter(file -> file.endsWith(".jar")).toList())
                    .isNotEmpty()
                    .allSatisfy(file -> assertThat(listed).anyMatch(file::startsWith));
        }
        assertThat(listed).noneMatch(library -> library.contains("archunit") || library.contains("junit"));
    }
}
