package dev.claudebench.redis;

import jakarta.enterprise.context.ApplicationScoped;

import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

import io.smallrye.health.api.AsyncHealthCheck;
import io.smallrye.mutiny.Uni;

/** Ready while Redis runs our scripts and takes their writes, which a PING would not show. */
@Readiness
@ApplicationScoped
class ReadinessCheck implements AsyncHealthCheck {
    private static final Script SCRIPT = Script.named("readiness");

    private final Scripts scripts;

    ReadinessCheck(Scripts scripts) {
        this.scripts = scripts;
    }

    @Override
    public Uni<HealthCheckResponse> call() {
        return scripts.run(SCRIPT)
                .map(reply -> HealthCheckResponse.up("redis-scripts"))
                .onFailure()
                .recoverWithItem(failure -> HealthCheckResponse.named("redis-scripts")
                        .down()
                        .withData("reason", reason(failure))
                        .build());
    }

    /** For operators, so with what Redis or the network said: a wrong password, say. */
    private static String reason(Throwable failure) {
        Throwable cause = failure.getCause();
        return cause == null ? String.valueOf(failure.getMessage()) : failure.getMessage() + ": " + cause.getMessage();
    }
}
