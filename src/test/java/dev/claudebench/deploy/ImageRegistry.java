package dev.claudebench.deploy;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.method.Json;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;

/** As much of a registry of images as it takes to push one. It has an image {@code base:1} without files. */
@NullMarked
final class ImageRegistry implements AutoCloseable {
    private static final String MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";
    private static final String CONFIG = """
                                         {"architecture": "amd64", "os": "linux", "config": {},
                                          "rootfs": {"type": "layers", "diff_ids": []}}
                                         """;

    private final Vertx vertx = Vertx.vertx();
    private final HttpServer server;
    /** By the part of the path after the name of the image: {@code blobs/sha256:…}, {@code manifests/1.2.3}. */
    private final Map<String, Buffer> content = new ConcurrentHashMap<>();
    private final Map<String, Buffer> uploads = new ConcurrentHashMap<>();

    ImageRegistry() {
        Buffer config = Buffer.buffer(CONFIG);
        content.put("blobs/" + digest(config), config);
        content.put("manifests/1", Buffer.buffer("""
                                                 {"schemaVersion": 2, "mediaType": "%s", "layers": [], "config":
                                                  {"mediaType": "application/vnd.docker.container.image.v1+json",
                                                   "size": %d, "digest": "%s"}}
                                                 """.formatted(MANIFEST, config.length(), digest(config))));
        server = vertx.createHttpServer()
                .requestHandler(request -> request.body().onSuccess(body -> answer(request, body)))
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .join();
    }

    /** Returns its host and port. */
    String host() {
        return "127.0.0.1:" + server.actualPort();
    }

    /** Returns how a container of the image with this tag is to run. */
    JsonNode config(String tag) {
        String config = json("manifests/" + tag).at("/config/digest").textValue();
        return json("blobs/" + config).path("config");
    }

    private JsonNode json(String name) {
        Buffer found = content.get(name);
        if (found == null) {
            throw new AssertionError("there is no " + name + ", only " + content.keySet());
        }
        return Json.read(found.toString());
    }

    private void answer(HttpServerRequest request, Buffer body) {
        String path = Objects.requireNonNull(request.path());
        String name = path.replaceFirst(".*/(blobs|manifests)/", "$1/");
        HttpServerResponse response = request.response();
        switch (request.method().name()) {
            case "POST" -> accept(response, path + uploads.size());
            case "PATCH" -> {
                uploads.put(path, body);
                accept(response, path);
            }
            case "PUT" -> {
                boolean isUpload = name.startsWith("blobs/uploads/");
                content.put(isUpload ? "blobs/" + request.getParam("digest") : name,
                        isUpload ? uploads.get(path) : body);
                response.putHeader("Docker-Content-Digest", digest(body)).setStatusCode(201).end();
            }
            default -> send(response, path.equals("/v2/") ? Buffer.buffer() : content.get(name));
        }
    }

    private void accept(HttpServerResponse response, String location) {
        // taken, so that the next upload has another location
        uploads.putIfAbsent(location, Buffer.buffer());
        response.putHeader("Location", location).setStatusCode(202).end();
    }

    private static void send(HttpServerResponse response, @Nullable Buffer found) {
        if (found == null) {
            response.setStatusCode(404).end();
        } else {
            response.putHeader("Content-Type", MANIFEST).putHeader("Docker-Content-Digest", digest(found)).end(found);
        }
    }

    private static String digest(Buffer content) {
        try {
            return "sha256:"
                    + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content.getBytes()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
