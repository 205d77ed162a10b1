package dev.claudebench.redis;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HashSlotTest {

    /** The slots are those that CLUSTER KEYSLOT replies. */
    @ParameterizedTest
    @CsvSource({"123456789,12739", "cb:{default}:,5718", "{default},5718", "default,5718", "a{}b,13694", "{a}{b},15495",
            "ünï,9441"})
    void slotsAreThoseOfRedis(String key, int slot) {
        assertThat(HashSlot.of(key)).isEqualTo(slot);
    }
}
