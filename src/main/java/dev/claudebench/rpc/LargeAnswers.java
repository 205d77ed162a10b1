package dev.claudebench.rpc;

import java.io.OutputStream;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import jakarta.inject.Singleton;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.Provider;

import org.jboss.resteasy.reactive.server.spi.ResteasyReactiveResourceInfo;
import org.jboss.resteasy.reactive.server.spi.ServerHttpResponse;
import org.jboss.resteasy.reactive.server.spi.ServerMessageBodyWriter;
import org.jboss.resteasy.reactive.server.spi.ServerRequestContext;

import io.vertx.core.Future;
import io.vertx.core.Vertx;

/**
 * Writes large answers in parts, as the client reads them. Bounds their memory, and the time in which the client must read one.
 * Quarkus writes an answer at once and does not report when it was read. Fault test: SlowClientsIT.
 */
@Provider
@Singleton
class LargeAnswers implements ServerMessageBodyWriter<LargeAnswers.Answer> {
    /** Smaller answers are not bounded. */
    static final int MIN_BYTES = 16 << 10;
    private static final int PART_BYTES = 64 << 10;

    private final Vertx vertx;
    private final long timeoutMillis;
    private final Semaphore room = SlowClients.room();

    LargeAnswers(Vertx vertx, RpcConfig config) {
        this.vertx = vertx;
        this.timeoutMillis = config.bodyTimeout().toMillis();
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Answer(byte[] body) {}

    /** Returns 200 with this body, or 503 if there is no room for it. */
    Response response(byte[] body) {
        return room.tryAcquire(body.length)
                ? Response.ok(new Answer(body)).build()
                : HttpError.retryLater("too many large answers are in flight: retry the call later");
    }

    @Override
    public boolean isWriteable(Class<?> type, Type genericType, ResteasyReactiveResourceInfo target,
            MediaType mediaType) {
        return type == Answer.class;
    }

    @Override
    public boolean isWriteable(Class<?> type, Type genericType, Annotation[] annotations, MediaType mediaType) {
        return type == Answer.class;
    }

    @Override
    public void writeTo(Answer answer, Class<?> type, Type genericType, Annotation[] annotations, MediaType mediaType,
            MultivaluedMap<String, Object> headers, OutputStream out) {
        throw new UnsupportedOperationException("it would block");
    }

    @Override
    public void writeResponse(Answer answer, Type genericType, ServerRequestContext context) {
        ServerHttpResponse response = context.serverResponse();
        response.setResponseHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(answer.body.length));
        Future.fromCompletionStage(write(answer.body, 0, response), vertx.getOrCreateContext())
                .timeout(timeoutMillis, TimeUnit.MILLISECONDS)
                .onComplete(read -> {
                    room.release(answer.body.length);
                    if (read.cause() instanceof TimeoutException) {
                        response.reset();
                    }
                });
    }

    private static CompletionStage<Void> write(byte[] body, int from, ServerHttpResponse response) {
        int to = Math.min(body.length, from + PART_BYTES);
        CompletionStage<Void> part = response.write(Arrays.copyOfRange(body, from, to));
        return to < body.length
                ? part.thenCompose(taken -> write(body, to, response))
                : part.thenRun(response::end);
    }
}
