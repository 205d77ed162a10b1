package dev.claudebench.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import jakarta.annotation.security.RolesAllowed;

import org.eclipse.microprofile.faulttolerance.CircuitBreaker;
import org.junit.jupiter.api.Test;

import dev.claudebench.method.CallContext;
import dev.claudebench.method.NoParams;
import dev.claudebench.method.Permission;
import dev.claudebench.method.RateLimited;
import io.smallrye.faulttolerance.api.CircuitBreakerName;

/** The start fails for a method bean whose guards are not complete. */
class MethodGuardsTest {

    @Test
    void beanWithAllGuardsIsAccepted() {
        assertThat(MethodGuards.guardedCall("test.guarded", Guarded.class).getName()).isEqualTo("call");
    }

    @Test
    void missingGuardIsNamed() {
        assertThatIllegalStateException().isThrownBy(() -> MethodGuards.guardedCall("test.bare", Bare.class))
                .withMessageContaining(Bare.class.getName())
                .withMessageContaining("test.bare")
                .withMessageContaining("@CircuitBreaker");
        assertThatIllegalStateException().isThrownBy(() -> MethodGuards.guardedCall("test.half", Half.class))
                .withMessageContaining("@RateLimited");
    }

    @Test
    void breakerOfAnotherMethodIsRefused() {
        assertThatIllegalStateException().isThrownBy(() -> MethodGuards.guardedCall("test.other", Guarded.class))
                .withMessage("the circuit breaker of test.other is named test.guarded");
    }

    @Test
    void missingOrUnknownPermissionIsRefused() {
        assertThatIllegalStateException().isThrownBy(() -> MethodGuards.guardedCall("test.open", Open.class))
                .withMessageContaining("@RolesAllowed");
        assertThatIllegalStateException().isThrownBy(() -> MethodGuards.guardedCall("test.odd", Odd.class))
                .withMessage("test.odd requires the unknown permission boss");
    }

    static class Guarded {
        @RolesAllowed(Permission.VIEWER)
        @CircuitBreaker
        @CircuitBreakerName("test.guarded")
        @RateLimited(limit = 1)
        void call(NoParams params, CallContext context) {
            // only its annotations are looked at
        }
    }

    static class Half {
        @CircuitBreaker
        @CircuitBreakerName("test.half")
        void call(NoParams params, CallContext context) {
            // only its annotations are looked at
        }
    }

    static class Open {
        @CircuitBreaker
        @CircuitBreakerName("test.open")
        @RateLimited(limit = 1)
        void call(NoParams params, CallContext context) {
            // only its annotations are looked at
        }
    }

    static class Odd {
        @RolesAllowed("boss")
        @CircuitBreaker
        @CircuitBreakerName("test.odd")
        @RateLimited(limit = 1)
        void call(NoParams params, CallContext context) {
            // only its annotations are looked at
        }
    }

    static class Bare {
        void call(NoParams params, CallContext context) {
            // only its annotations are looked at
        }
    }
}
