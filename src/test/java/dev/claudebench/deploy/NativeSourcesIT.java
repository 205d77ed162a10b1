package dev.claudebench.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.method.ErrorCode;
import dev.claudebench.method.Json;
import dev.claudebench.method.RpcMethod;
import dev.claudebench.method.SchemaType;
import dev.claudebench.support.RedisProcess;
import dev.claudebench.support.Rpc;
import dev.claudebench.support.ServiceProcess;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;

/**
 * The input of the native compiler, which omits resources and reflection metadata that are not registered. The same JAR runs on
 * a JVM.
 */
class NativeSourcesIT {
    private static final Path RESOURCES = Path.of("src/main/resources");
    private static final Path CLASSES = Path.of("target/classes");
    /** Types that are read or written as JSON, but are not params or results of a method. */
    private static final List<String> OTHER_JSON = List.of("dev.claudebench.rpc.RpcError",
            "dev.claudebench.instance.RegisterMethod$Registration");

    private static Path program;
    private static JarFile jar;

    @BeforeAll
    static void open() throws IOException {
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("claudebench.native-sources")))) {
            program = files.filter(file -> file.toString().endsWith("-runner.jar")).findFirst().orElseThrow();
        }
        jar = new JarFile(program.toFile());
    }

    @AfterAll
    static void close() throws IOException {
        jar.close();
    }

    @Test
    void everyScriptExampleAndPageIsAResource() throws IOException {
        List<String> patterns = entries("resource-config.json", "/resources/includes", "pattern").toList();
        for (String folder : List.of("lua", "openrpc", "META-INF/resources")) {
            List<Path> files;
            try (Stream<Path> found = Files.walk(RESOURCES.resolve(folder))) {
                files = found.filter(Files::isRegularFile).toList();
            }
            assertThat(files).isNotEmpty().allSatisfy(file -> {
                String name = RESOURCES.relativize(file).toString();
                assertThat(patterns).as(name).anyMatch(name::matches);
                assertThat(jar.getEntry(name)).as(name).isNotNull();
            });
        }
    }

    @Test
    void everyJsonTypeIsRegistered() throws IOException {
        Set<Class<?>> json = new LinkedHashSet<>();
        for (Class<?> type : classes()) {
            for (Type implemented : type.getGenericInterfaces()) {
                if (implemented instanceof ParameterizedType method && method.getRawType() == RpcMethod.class) {
                    collectJson(method, json);
                    json.add(type);
                }
            }
            if (OTHER_JSON.contains(type.getName())) {
                collectJson(type, json);
            }
        }
        for (ErrorCode code : ErrorCode.values()) {
            if (code.dataType() != null) {
                collectJson(code.dataType(), json);
            }
        }
        json.remove(RpcMethod.class);

        Set<String> registered = registered("allDeclaredConstructors", "allDeclaredMethods", "allDeclaredFields");
        assertThat(json).extracting(Class::getName)
                .hasSizeGreaterThan(20)
                .containsAll(OTHER_JSON)
                .isSubsetOf(registered);
    }

    private static void collectJson(Type type, Set<Class<?>> types) {
        if (type instanceof ParameterizedType generic) {
            collectJson(generic.getRawType(), types);
            for (Type argument : generic.getActualTypeArguments()) {
                collectJson(argument, types);
            }
        } else if (type instanceof Class<?> ours && ours.getName().startsWith("dev.claudebench.") && types.add(ours)) {
            for (Field component : ours.isRecord() ? ours.getDeclaredFields() : new Field[0]) {
                collectJson(component.getGenericType(), types);
                SchemaType schema = component.getAnnotation(SchemaType.class);
                if (schema != null) {
                    collectJson(schema.value(), types);
                }
            }
        }
    }

    @Test
    void everyConfigurationIsRegistered() throws IOException {
        Set<String> needed = new TreeSet<>();
        for (Class<?> type : classes()) {
            if (type.isAnnotationPresent(ConfigMapping.class)) {
                collectConfig(type, needed);
            }
        }

        assertThat(needed).hasSizeGreaterThan(10).isSubsetOf(registered("allDeclaredConstructors"));
    }

    private static void collectConfig(Class<?> mapping, Set<String> names) {
        names.add(mapping.getName() + "$$CMImpl");
        for (Method property : mapping.getDeclaredMethods()) {
            WithConverter converter = property.getAnnotation(WithConverter.class);
            if (converter != null) {
                names.add(converter.value().getName());
            }
        }
        for (Class<?> group : mapping.getDeclaredClasses()) {
            if (group.isInterface()) {
                collectConfig(group, names);
            }
        }
    }

    @Test
    void serviceIgnoresSettingsOfTheEmbeddedRedis() {
        try (RedisProcess redis = new RedisProcess().start();
                ServiceProcess service = ServiceProcess
                        .launchJar(program, "-Dquarkus.redis.hosts=" + redis.uri(),
                                "-Dclaudebench.embedded-redis.data-dir=/nowhere")
                        .awaitReady()) {
            assertThat(
                    Rpc.of(service).call("system.register").with("id", "w1").with("roles", List.of("worker")).result())
                    .hasToString("{\"registered\":true}");
            assertThat(redis.cli("GET", "cb:leader:current")).isEqualTo("w1");
            assertThat(Rpc.of(service)
                    .call("task.create")
                    .with("text", "")
                    .with("priority", 101)
                    .error()
                    .at("/data/violations"))
                    .hasSize(2);
            assertThat(Rpc.of(service).call("rpc.discover").result().get("methods")).hasSizeGreaterThan(10);
        }
    }

    @Test
    void serviceWithoutRedisReportsARemedy() {
        try (ServiceProcess service = ServiceProcess.launchJar(program)) {
            assertThat(service.awaitExit()).isNotZero();
            assertThat(service.log()).contains("The native executable has no embedded Redis", "quarkus.redis.hosts")
                    .doesNotContain("\tat ");
        }
    }

    private static List<Class<?>> classes() throws IOException {
        try (Stream<Path> files = Files.walk(CLASSES)) {
            return files.map(file -> CLASSES.relativize(file).toString())
                    .filter(name -> name.startsWith("dev") && name.endsWith(".class") && !name.contains("-info"))
                    .<Class<?>>map(name -> load(name.substring(0, name.length() - ".class".length()).replace('/', '.')))
                    .toList();
        }
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(name, false, NativeSourcesIT.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns the classes that are registered with all of these parts. */
    private static Set<String> registered(String... parts) {
        return StreamSupport.stream(report("reflect-config.json").spliterator(), false)
                .filter(entry -> Arrays.stream(parts).allMatch(part -> entry.path(part).asBoolean()))
                .map(entry -> entry.get("name").textValue())
                .collect(Collectors.toSet());
    }

    private static Stream<String> entries(String report, String path, String field) {
        return StreamSupport.stream(report(report).at(path).spliterator(), false)
                .map(entry -> entry.get(field).textValue());
    }

    private static JsonNode report(String name) {
        try (InputStream report = jar.getInputStream(jar.getEntry("META-INF/native-image/" + name))) {
            return Json.MAPPER.readTree(report);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
