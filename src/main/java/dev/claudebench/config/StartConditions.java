package dev.claudebench.config;

import java.util.List;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

import io.quarkus.arc.All;
import io.quarkus.vertx.http.runtime.filters.Filters;

/** Checks what must hold before the service starts anything, such as its Redis. */
@ApplicationScoped
public class StartConditions {
    private final List<StartCondition> conditions;

    StartConditions(@All List<StartCondition> conditions) {
        this.conditions = conditions;
    }

    /** With a Redis that is not embedded. This event is sent before the service listens. */
    void checkBeforeItListens(@Observes Filters filters) {
        check();
    }

    /** Throws a ConfigurationException for the first one that does not hold. */
    public void check() {
        conditions.forEach(StartCondition::check);
    }
}
