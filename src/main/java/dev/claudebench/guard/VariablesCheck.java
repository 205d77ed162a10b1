package dev.claudebench.guard;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.spi.Bean;
import jakarta.enterprise.inject.spi.BeanManager;

import org.eclipse.microprofile.config.Config;

import dev.claudebench.config.StartCondition;
import dev.claudebench.method.Spelling;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.ConfigMappings;

/**
 * Rejects environment variables that look like settings of the service and are none. SmallRye Config does so with properties, but
 * ignores variables, which may be those of other programs. Also rejects a misspelt setting that names Redis, in both forms. Fault
 * tests: VariablesIT, StartErrorsIT.
 */
@ApplicationScoped
class VariablesCheck implements StartCondition {
    private static final String PREFIX = "CLAUDEBENCH_";
    /** If it is misspelt, the service starts an empty Redis of its own. */
    private static final String REDIS = "QUARKUS_REDIS_HOSTS";
    /** Those of the hook and of cb. */
    private static final Set<String> OF_AGENTS = Set.of("CLAUDEBENCH_URL", "CLAUDEBENCH_KEY", "CLAUDEBENCH_KEY_FILE",
            "CLAUDEBENCH_CA_FILE", "CLAUDEBENCH_INSTANCE_ID", "CLAUDEBENCH_ROLES",
            "CLAUDEBENCH_HEARTBEAT_SECONDS", "CLAUDEBENCH_PROGRESS_SECONDS",
            // of the commands that cb work runs, which may start a service
            "CLAUDEBENCH_TASK_ID", "CLAUDEBENCH_TASK_TEXT", "CLAUDEBENCH_TASK_METADATA",
            "CLAUDEBENCH_TASK_PRIORITY",
            "CLAUDEBENCH_TASK_ATTEMPTS", "CLAUDEBENCH_TASK_CLAIM");
    /** Kubernetes adds them for a service whose name begins with claudebench. */
    private static final Pattern OF_KUBERNETES = Pattern
            .compile(".+_(SERVICE_HOST|SERVICE_PORT(_.+)?|PORT(_\\d+_(TCP|UDP)(_(PROTO|PORT|ADDR))?)?)");

    private final BeanManager beans;
    private final MethodNames methods;
    private final Config config;

    VariablesCheck(BeanManager beans, MethodNames methods, Config config) {
        this.beans = beans;
        this.methods = methods;
        this.config = config;
    }

    @Override
    public void check() {
        Set<String> variables = System.getenv().keySet();
        Stream.concat(variables.stream(), StreamSupport.stream(config.getPropertyNames().spliterator(), false))
                .filter(name -> variable(name).startsWith("QUARKUS_")
                        && !variable(name).matches(REDIS + "(_\\d+_)?"))
                .filter(name -> Spelling.misspelt(variable(name), Set.of(REDIS)).isPresent())
                .forEach(name -> refuse(name, name.equals(variable(name)) ? REDIS : "quarkus.redis.hosts"));
        List<String> suspects = variables.stream()
                .filter(variable -> variable.startsWith(PREFIX) && !OF_AGENTS.contains(variable)
                        && !OF_KUBERNETES.matcher(variable).matches())
                .sorted()
                .toList();
        // To find the names of all settings takes a tenth of the start.
        if (suspects.isEmpty()) {
            return;
        }
        Set<String> known = new TreeSet<>(settings().map(VariablesCheck::variable).toList());
        for (String variable : suspects) {
            if (!known.contains(variable) && known.stream().noneMatch(list -> variable.matches(list + "_\\d+_"))) {
                refuse(variable, PREFIX + Spelling.nearest(variable.substring(PREFIX.length()),
                        known.stream().map(name -> name.substring(PREFIX.length())).toList()));
            }
        }
    }

    private static void refuse(String name, String nearest) {
        throw new ConfigurationException(
                (name.equals(variable(name)) ? "the environment variable " : "") + name
                        + " is no setting of the service: the nearest is " + nearest);
    }

    /** Returns the names of all properties, those of rate limits for each method. */
    private Stream<String> settings() {
        Set<String> names = methods.all();
        return beans.getBeans(Object.class, Any.Literal.INSTANCE)
                .stream()
                .map(Bean::getBeanClass)
                .distinct()
                .filter(type -> type.isAnnotationPresent(ConfigMapping.class))
                .filter(type -> type.getPackageName().startsWith("dev.claudebench"))
                .map(ConfigMappings.ConfigClass::configClass)
                .flatMap(mapping -> ConfigMappings.getProperties(mapping).keySet().stream())
                .flatMap(name -> names.stream().map(method -> name.replace("*", '"' + method + '"')));
    }

    private static String variable(String property) {
        return property.replaceAll("[^A-Za-z0-9]", "_").toUpperCase(Locale.ROOT);
    }
}
