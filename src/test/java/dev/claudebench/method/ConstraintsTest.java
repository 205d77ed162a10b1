package dev.claudebench.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What no method has, since it would be a mistake of ours; what callers can do wrong is in {@code BadInputTest}. */
class ConstraintsTest {
    private record Primitive(int limit) {}

    private record Unfit(@IntRange(min = 0) @Nullable String limit) {}

    private record Sound(@IntRange(min = 1) @Nullable Integer limit, String text) {
        private static final @Nullable String NO_MEMBER = null;
    }

    @Test
    void primitiveThatCannotBeMissedIsRefused() {
        assertThatIllegalStateException().isThrownBy(() -> Constraints.violations(new Primitive(1)))
                .withMessageContaining("limit");
    }

    @Test
    void constraintForAnotherTypeIsRefused() {
        assertThatIllegalStateException().isThrownBy(() -> Constraints.violations(new Unfit("1")))
                .withMessageContaining("limit");
    }

    // what is left out is null when Jackson has read it, whatever the type says
    @SuppressWarnings("NullAway")
    @Test
    void membersAloneAreLookedAt() {
        assertThat(Sound.NO_MEMBER).isNull();
        assertThat(Constraints.violations(new Sound(null, "a"))).isEmpty();
        assertThat(Constraints.violations(new Sound(0, null))).extracting(Failure.Violation::field)
                .containsExactlyInAnyOrder("limit", "text");
    }
}
