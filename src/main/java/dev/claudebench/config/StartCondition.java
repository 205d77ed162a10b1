package dev.claudebench.config;

/** What must hold before the service starts anything, such as its Redis. */
public interface StartCondition {

    /** Throws a ConfigurationException without a cause, of which Quarkus prints the message alone. */
    void check();
}
