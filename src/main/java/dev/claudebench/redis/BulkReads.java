package dev.claudebench.redis;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;

import jakarta.enterprise.context.ApplicationScoped;

import dev.claudebench.method.Failure;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;

/**
 * Runs scripts whose replies may be large, a few at a time, so that they neither fill the memory nor keep small ones from their
 * turn. Some others wait, as long as a round trip may take.
 */
@ApplicationScoped
public class BulkReads {
    private static final int AT_ONCE = 4;
    /** All that wait are calls under way, of which there may be so many: other calls want a place, too. */
    private static final int MAX_WAITING = 64;

    private final ScriptRunner scripts;
    private final Vertx vertx;
    private final long timeoutMillis;
    private final Queue<Promise<Void>> waiting = new ArrayDeque<>();
    private int underWay;

    BulkReads(ScriptRunner scripts, Vertx vertx, RedisConfig config) {
        this.scripts = scripts;
        this.vertx = vertx;
        this.timeoutMillis = Math.max(1, config.timeout().toMillis());
    }

    /** As {@link ScriptRunner#run}, when there is a place. */
    public Uni<Reply> run(Script script, String key, List<?> arguments) {
        return Uni.createFrom().deferred(() -> {
            Promise<Void> place = place();
            return Uni.createFrom()
                    .<Void>emitter(emitter -> place.future().onSuccess(emitter::complete).onFailure(emitter::fail))
                    .onCancellation()
                    .invoke(() -> giveBack(place))
                    .chain(() -> scripts.run(script, key, arguments).onTermination().invoke(this::leave));
        });
    }

    private synchronized Promise<Void> place() {
        Promise<Void> place = Promise.promise();
        if (underWay < AT_ONCE) {
            underWay++;
            place.complete();
            return place;
        }
        if (waiting.size() == MAX_WAITING) {
            place.fail(tooMany());
            return place;
        }
        waiting.add(place);
        long timer = vertx.setTimer(timeoutMillis, late -> place.tryFail(tooMany()));
        place.future().onComplete(taken -> vertx.cancelTimer(timer));
        return place;
    }

    private static Failure tooMany() {
        return new Failure.Overloaded("Overloaded: too many lists are being read", Failure.Outcome.NOT_EXECUTED);
    }

    private void giveBack(Promise<Void> place) {
        if (!place.tryFail("nobody waits for it")) {
            leave();
        }
    }

    private void leave() {
        Promise<Void> next;
        do {
            synchronized (this) {
                next = waiting.poll();
                if (next == null) {
                    underWay--;
                }
            }
        } while (next != null && !next.tryComplete());
    }
}
