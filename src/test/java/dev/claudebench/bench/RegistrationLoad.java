package dev.claudebench.bench;

import java.net.URI;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

import org.jspecify.annotations.NullMarked;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;

/** Registrations of new instances. */
@NullMarked
final class RegistrationLoad {
    private static final long TICK_MILLIS = 2;

    private final Vertx vertx;
    private final HttpClient http;
    private final String uri;
    private final String run;
    private final AtomicLong offered = new AtomicLong();
    private final LongAdder registered = new LongAdder();
    private final LongAdder failed = new LongAdder();

    /** @param run the beginning of the ids, which no other load has used */
    RegistrationLoad(Vertx vertx, URI service, int connections, String run) {
        this.vertx = vertx;
        this.http = vertx.createHttpClient(new HttpClientOptions().setKeepAlive(true),
                new PoolOptions().setHttp1MaxSize(connections));
        this.uri = service.resolve("/rpc").toString();
        this.run = run;
    }

    /** Offers so many a second, whatever becomes of them; complete when the time is over and all are answered. */
    CompletableFuture<Void> offer(int perSecond, int seconds) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        long begun = System.nanoTime();
        vertx.setPeriodic(TICK_MILLIS, timer -> {
            double elapsed = Math.min((System.nanoTime() - begun) / 1e9, seconds);
            long due = (long) (elapsed * perSecond);
            while (offered.get() < due) {
                register();
            }
            if (elapsed >= seconds && answered() == offered.get()) {
                vertx.cancelTimer(timer);
                done.complete(null);
            }
        });
        return done;
    }

    private void register() {
        String id = run + offered.incrementAndGet();
        String body = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"system.register\",\"params\":{\"id\":\"" + id
                + "\",\"roles\":[\"monitor\"]}}";
        http.request(new RequestOptions().setMethod(HttpMethod.POST)
                .setAbsoluteURI(uri)
                .putHeader("Content-Type", "application/json"))
                .compose(request -> request.send(Buffer.buffer(body)))
                .compose(response -> response.body())
                .onSuccess(
                        reply -> (reply.toString().contains("\"registered\":true") ? registered : failed).increment())
                .onFailure(error -> failed.increment());
    }

    private long answered() {
        return registered.sum() + failed.sum();
    }

    long registered() {
        return registered.sum();
    }

    long failed() {
        return failed.sum();
    }
}
