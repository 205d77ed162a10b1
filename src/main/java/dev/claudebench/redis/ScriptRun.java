package dev.claudebench.redis;

import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.vertx.redis.client.Response;

/** One run of a script, for the calls that it carries. It ends with the replies of Redis, or when its time is over. */
final class ScriptRun {
    private final Script script;
    private final List<ScriptCall> calls;
    private final RedisLink link;
    private final Consumer<ScriptRun> whenOver;
    private final AtomicReference<Stage> stage = new AtomicReference<>(Stage.WAITING);

    private enum Stage {
        WAITING, SENT, OVER
    }

    /**
     * @param calls the oldest first
     * @param whenOver runs once, before the calls are answered, so that the next run is sent meanwhile
     */
    ScriptRun(Script script, List<ScriptCall> calls, RedisLink link, Consumer<ScriptRun> whenOver) {
        this.script = script;
        this.calls = calls;
        this.link = link;
        this.whenOver = whenOver;
    }

    void send() {
        link.send(script, calls, () -> stage.compareAndSet(Stage.WAITING, Stage.SENT),
                () -> stage.compareAndSet(Stage.SENT, Stage.WAITING)).subscribe().with(this::succeed, this::fail);
    }

    /** Gives up when the time of the oldest call is over. What was not sent until then is not sent any more. */
    void giveUpIfLate() {
        if (calls.get(0).age().compareTo(link.timeout()) < 0) {
            return;
        }
        Stage before = end();
        if (before != Stage.OVER) {
            Throwable failure = RedisFailures.ofTimeout(before == Stage.SENT, link.hasAnsweredLately());
            calls.forEach(call -> call.fail(failure));
        }
    }

    private void succeed(@Nullable Response replies) {
        if (end() != Stage.OVER && replies != null) {
            for (int i = 0; i < calls.size(); i++) {
                calls.get(i).reply(script, replies.get(i));
            }
        }
    }

    private void fail(Throwable error) {
        Stage before = end();
        if (before != Stage.OVER) {
            Throwable failure = RedisFailures.of(script, error, before == Stage.SENT);
            calls.get(0).fail(failure);
            calls.subList(1, calls.size()).forEach(call -> call.fail(RedisFailures.withOthers(failure)));
        }
    }

    private Stage end() {
        Stage before = stage.getAndSet(Stage.OVER);
        if (before != Stage.OVER) {
            whenOver.accept(this);
        }
        return before;
    }
}
