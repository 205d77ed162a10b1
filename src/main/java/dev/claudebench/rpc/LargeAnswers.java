package dev.claudebench.rpc;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import jakarta.inject.Singleton;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.ext.Provider;

import org.jboss.resteasy.reactive.server.spi.ResteasyReactiveResourceInfo;
import org.jboss.resteasy.reactive.server.spi.ServerHttpResponse;
import org.jboss.resteasy.reactive.server.spi.ServerMessageBodyWriter;
import org.jboss.resteasy.reactive.server.spi.ServerRequestContext;

import io.vertx.core.Future;
import io.vertx.core.Vertx;

/**
 * Bounds the memory of all answers that are being made or read. Writes large ones in parts, as the client reads them, and bounds the
 * time in which it must do so. Quarkus writes an answer at once and does not report when it was read. Fault test: SlowClientsIT.
 */
@Provider
@Singleton
public class LargeAnswers implements ServerMessageBodyWriter<Answer> {
    private static final int PART_BYTES = 64 << 10;

    private final Vertx vertx;
    private final long timeoutMillis;
    private final Semaphore room = SlowClients.room();

    LargeAnswers(Vertx vertx, RpcConfig config) {
        this.vertx = vertx;
        this.timeoutMillis = config.bodyTimeout().toMillis();
    }

    /** Begins the answer to a body. The dispatcher releases it if it fails, else the writer does. */
    public Answer begin(boolean batch) {
        return new Answer(batch, room);
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
        response.setResponseHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(answer.length()));
        Future.fromCompletionStage(write(answer.stream(), response), vertx.getOrCreateContext())
                .timeout(timeoutMillis, TimeUnit.MILLISECONDS)
                .onComplete(read -> {
                    answer.release();
                    if (read.cause() instanceof TimeoutException) {
                        response.reset();
                    }
                });
    }

    private static CompletionStage<Void> write(InputStream body, ServerHttpResponse response) {
        byte[] part = part(body);
        return part.length == PART_BYTES
                ? response.write(part).thenCompose(taken -> write(body, response))
                : response.write(part).thenRun(response::end);
    }

    private static byte[] part(InputStream body) {
        try {
            return body.readNBytes(PART_BYTES);
        } catch (IOException e) {
            throw new UncheckedIOException("bytes in memory cannot fail to be read", e);
        }
    }
}
