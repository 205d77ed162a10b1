package dev.claudebench.bench;

import java.util.List;

import jakarta.enterprise.context.ApplicationScoped;

import dev.claudebench.method.Bench;
import dev.claudebench.method.CallContext;
import dev.claudebench.method.Failure;
import dev.claudebench.redis.Cursor;
import dev.claudebench.redis.Reply;
import dev.claudebench.redis.Script;
import dev.claudebench.redis.Scripts;
import io.smallrye.mutiny.Uni;

/** Benches as a whole. */
@ApplicationScoped
class BenchStore {
    private static final Script LIST = Script.named("bench_list");
    private static final Script GET = Script.named("bench_get");
    private static final Script DELETE = Script.named("bench_delete");

    private final Scripts scripts;
    private final Benches benches;

    BenchStore(Scripts scripts, Benches benches) {
        this.scripts = scripts;
        this.benches = benches;
    }

    /** Lists the benches that the caller may use. */
    Uni<BenchListMethod.Result> list(BenchListMethod.Params params, int limit, CallContext context) {
        Cursor position = params.position();
        return scripts.run(LIST, context.on(Bench.DEFAULT), limit, position.score(), position.id())
                .map(page -> new BenchListMethod.Result(namesIn(page, context),
                        Cursor.next(BenchListMethod.LIST, page)));
    }

    private static List<String> namesIn(Reply page, CallContext context) {
        return page.list("records")
                .stream()
                .map(bench -> bench.text("name"))
                .filter(name -> context.caller().mayUse(new Bench(name)))
                .toList();
    }

    Uni<BenchGetMethod.Result> get(Bench bench, CallContext context) {
        return scripts.run(GET, context.on(bench), bench.isDefault() ? 1 : 0).map(reply -> {
            if (reply.has("refused")) {
                throw new Failure.Refused(reply.text("refused"), null);
            }
            return BenchGetMethod.Result.from(bench, reply);
        });
    }

    /** Deletes one step. */
    Uni<BenchDeleteMethod.Result> delete(Bench bench, boolean isForced, CallContext context) {
        return benches.take(bench)
                .chain(taken -> scripts.run(DELETE, context.on(bench), isForced ? 1 : 0)
                        .map(BenchDeleteMethod.Result::from)
                        .call(result -> result.more() ? Uni.createFrom().voidItem() : benches.remove(taken)));
    }
}
