package dev.claudebench.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

import org.junit.jupiter.api.Test;

class EventBufferTest {
    private static final StreamId READ = StreamId.parse("1-0");
    private static final StreamId AHEAD = StreamId.parse("2-0");

    /** The event came from Redis, is lost then, and the next event must not follow it without a gap. */
    @Test
    void followerAheadOfTheReaderMustAskRedis() {
        EventBuffer buffer = new EventBuffer(10, () -> 1000);
        buffer.restart(READ);
        buffer.append(List.of(event("3-0")));

        assertThat(buffer.after(Position.of(AHEAD))).isNull();
        assertThat(buffer.after(Position.of(READ))).extracting(batch -> batch.events().size()).isEqualTo(1);
        assertThat(buffer.after(Position.of(StreamId.parse("3-0")))).extracting(batch -> batch.events().size())
                .isEqualTo(0);
    }

    private static StreamEvent event(String id) {
        return StreamEvent.of(id, "instance.registered", "{}").orElseThrow();
    }
}
