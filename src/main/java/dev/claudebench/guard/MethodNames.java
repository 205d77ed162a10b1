package dev.claudebench.guard;

import java.util.Arrays;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.spi.Bean;
import jakarta.enterprise.inject.spi.BeanManager;

import dev.claudebench.method.RpcMethod;
import io.smallrye.faulttolerance.api.CircuitBreakerName;

/** The names of all methods, for checks at start. They are read from annotations, since the beans need the client of Redis. */
@ApplicationScoped
public class MethodNames {
    private final BeanManager beans;

    MethodNames(BeanManager beans) {
        this.beans = beans;
    }

    public Set<String> all() {
        return beans.getBeans(Object.class, Any.Literal.INSTANCE)
                .stream()
                .map(Bean::getBeanClass)
                .filter(RpcMethod.class::isAssignableFrom)
                .flatMap(type -> Arrays.stream(type.getDeclaredMethods()))
                .map(method -> method.getAnnotation(CircuitBreakerName.class))
                .filter(Objects::nonNull)
                .map(CircuitBreakerName::value)
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
