package dev.claudebench.rpc;

import java.io.OutputStream;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;

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

import io.vertx.core.Vertx;

/**
 * Writes large answers part by part, as the client takes them. They share a bounded part of the memory, and each has to be taken
 * in time. Quarkus writes an answer at once and does not say when it was taken. Fault test: SlowClientsIT.
 */
@Provider
@Singleton
class LargeAnswers implements ServerMessageBodyWriter<LargeAnswers.Answer> {
    /** Ordinary answers are smaller and always have room. */
    static final int MIN_BYTES = 16 << 10;
    private static final int PART_BYTES = 64 << 10;

    private final Vertx vertx;
    private final long timeoutMillis;
    private final Room room = new Room();

    LargeAnswers(Vertx vertx, RpcConfig config) {
        this.vertx = vertx;
        this.timeoutMillis = config.bodyTimeout().toMillis();
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Answer(byte[] body) {}

    /** 200 with this body, or 503 if there is no room for it. */
    Response response(byte[] body) {
        return room.take(body.length)
                ? Response.ok(new Answer(body)).build()
                : HttpError.comeBackLater("too many large answers are under way: repeat the call later");
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
        AtomicBoolean done = new AtomicBoolean();
        long timer = vertx.setTimer(timeoutMillis, late -> {
            if (done.compareAndSet(false, true)) {
                room.leave(answer.body.length);
                response.reset();
            }
        });
        write(answer.body, 0, response, done, () -> {
            if (done.compareAndSet(false, true)) {
                vertx.cancelTimer(timer);
                room.leave(answer.body.length);
            }
        });
    }

    private static void write(byte[] body, int from, ServerHttpResponse response, AtomicBoolean done,
            Runnable whenDone) {
        int to = Math.min(body.length, from + PART_BYTES);
        response.write(Arrays.copyOfRange(body, from, to)).whenComplete((taken, failure) -> {
            if (failure != null || done.get()) {
                whenDone.run();
            } else if (to < body.length) {
                write(body, to, response, done, whenDone);
            } else {
                response.end();
                whenDone.run();
            }
        });
    }
}
