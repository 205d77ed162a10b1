package dev.claudebench.rpc;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import jakarta.inject.Singleton;
import jakarta.ws.rs.ClientErrorException;
import jakarta.ws.rs.NotSupportedException;
import jakarta.ws.rs.core.HttpHeaders;

import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.claudebench.method.Failure;
import dev.claudebench.method.Json;
import dev.claudebench.method.Spelling;
import io.quarkus.runtime.configuration.MemorySize;
import io.vertx.core.http.HttpServerRequest;

/** Reads a request body (JSON-RPC 2.0, sections 4 and 6). Walks the tokens, because a tree does not keep the text of an id. */
@Singleton
public class RequestReader {
    /** Maximum length of an id, in characters of JSON text. */
    private static final int MAX_ID_LENGTH = 1024;
    private static final String NO_ID = "null";
    private static final Set<String> MEMBERS = Set.of("jsonrpc", "method", "params", "id");

    private final int maxBatchSize;
    private final long bufferBytes;

    RequestReader(RpcConfig config, @ConfigProperty(name = "quarkus.rest.input-buffer-size") MemorySize bufferSize) {
        this.maxBatchSize = config.maxBatchSize();
        this.bufferBytes = bufferSize.asLongValue();
    }

    /** A request body. Has exactly one request unless it is a batch, whose answer is an array. */
    public record Body(boolean batch, List<RpcRequest> requests) {
        public Body {
            requests = List.copyOf(requests);
        }

        private static Body invalid(Failure fault) {
            return new Body(false, List.of(RpcRequest.invalid(NO_ID, fault)));
        }
    }

    /**
     * Reads the body of an HTTP request.
     *
     * @throws ClientErrorException if it has no media type, is encoded, or is too large
     */
    public Body read(InputStream body, HttpServerRequest http) {
        // @Consumes accepts both. A page of any origin can make a browser send a body without a type.
        String type = http.getHeader(HttpHeaders.CONTENT_TYPE);
        if (type == null || type.isBlank() || type.contains("*")) {
            throw new NotSupportedException();
        }
        if (!http.headers().getAll(HttpHeaders.CONTENT_ENCODING).stream().allMatch("identity"::equalsIgnoreCase)) {
            throw new NotSupportedException(
                    HttpError.of(HttpError.UNSUPPORTED, "send the body as it is, without a Content-Encoding").build());
        }
        if (!(body instanceof ByteArrayInputStream whole)) {
            // Longer than quarkus.rest.input-buffer-size: reading would block.
            throw new ClientErrorException(HttpError.of(HttpError.TOO_LARGE, HttpError.tooLarge(bufferBytes)).build());
        }
        return read(whole.readAllBytes());
    }

    private Body read(byte[] body) {
        String text;
        try {
            text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
        } catch (CharacterCodingException e) {
            return Body.invalid(new Failure.ParseError("the body is not UTF-8"));
        }
        // Some editors and shells begin a file with this mark (RFC 8259, section 8.1).
        if (text.startsWith("\ufeff")) {
            text = text.substring(1);
        }
        try (JsonParser parser = Json.MAPPER.createParser(text)) {
            try {
                Body requests = readBody(parser, text);
                return parser.nextToken() == null
                        ? requests
                        : Body.invalid(new Failure.ParseError("more text after the request"));
            } catch (JsonProcessingException e) {
                return Body.invalid(parseError(parser, e));
            } catch (NumberFormatException e) {
                // Jackson does not wrap this one, which it throws for an exponent that BigDecimal cannot hold.
                return Body.invalid(
                        new Failure.ParseError("a number is out of range" + place(parser.getParsingContext())));
            }
        } catch (IOException e) {
            throw new IllegalStateException("a string cannot fail to be read", e);
        }
    }

    private Body readBody(JsonParser parser, String text) throws IOException {
        JsonToken first = parser.nextToken();
        if (first == null) {
            return Body.invalid(new Failure.ParseError("the body is empty"));
        }
        if (first != JsonToken.START_ARRAY) {
            return new Body(false, List.of(readRequest(parser, text)));
        }
        List<RpcRequest> requests = new ArrayList<>();
        int size = 0;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (++size > maxBatchSize) {
                parser.skipChildren();
            } else {
                requests.add(readRequest(parser, text));
            }
        }
        if (size > 0 && size <= maxBatchSize) {
            return new Body(true, requests);
        }
        return Body.invalid(new Failure.InvalidRequest(size == 0
                ? "the batch is empty"
                : "the batch holds " + size + " elements, at most " + maxBatchSize));
    }

    /** Reads the value at the current token to its end, even if it is invalid, so that the next element can be read. */
    private static RpcRequest readRequest(JsonParser parser, String text) throws IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            parser.skipChildren();
            return RpcRequest.invalid(NO_ID, new Failure.InvalidRequest("a request is an object"));
        }
        String id = null;
        ObjectNode members = Json.MAPPER.createObjectNode();
        List<String> unknown = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String member = parser.currentName();
            parser.nextToken();
            switch (member) {
                case "id" -> id = readId(parser, text);
                case "jsonrpc", "method", "params" -> members.set(member, parser.<JsonNode>readValueAsTree());
                default -> {
                    unknown.add(member);
                    parser.skipChildren();
                }
            }
        }
        String idFault = id == null ? null : idFault(id);
        String fault = idFault == null ? fault(members, unknown) : idFault;
        if (fault != null) {
            return RpcRequest.invalid(id == null || idFault != null ? NO_ID : id, new Failure.InvalidRequest(fault));
        }
        return new RpcRequest(id, members.path("method").textValue(), params(members.path("params")), null);
    }

    /** Some clients write no params as an empty array. */
    private static @Nullable ObjectNode params(JsonNode given) {
        if (given instanceof ObjectNode object) {
            return object;
        }
        return given.isEmpty() ? Json.MAPPER.createObjectNode() : null;
    }

    /** Returns the JSON text of the id, empty for a value that cannot be an id. */
    private static String readId(JsonParser parser, String text) throws IOException {
        switch (parser.currentToken()) {
            case VALUE_NULL, VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> {
                return parser.getText();
            }
            case VALUE_STRING -> {
                int start = (int) parser.currentTokenLocation().getCharOffset();
                parser.finishToken();
                return text.substring(start, (int) parser.currentLocation().getCharOffset());
            }
            default -> {
                parser.skipChildren();
                return "";
            }
        }
    }

    private static @Nullable String idFault(String id) {
        if (id.isEmpty()) {
            return "id must be a string, a number or null";
        }
        return id.length() > MAX_ID_LENGTH ? "id is longer than " + MAX_ID_LENGTH + " characters" : null;
    }

    private static @Nullable String fault(ObjectNode members, List<String> unknown) {
        List<Failure.Violation> misspelt = Spelling.violations(unknown.stream(), MEMBERS);
        if (!misspelt.isEmpty()) {
            return "'" + Spelling.shown(misspelt.get(0).field()) + "' is " + misspelt.get(0).message();
        }
        if (members.has("params") && !members.path("params").isContainerNode()) {
            return "params must be an object";
        }
        if (!"2.0".equals(members.path("jsonrpc").textValue())) {
            return "jsonrpc must be \"2.0\"";
        }
        return members.path("method").isTextual() ? null : "method must be a string";
    }

    /** Tells only the place, because the parser's own message quotes the text. */
    private static Failure parseError(JsonParser parser, JsonProcessingException e) {
        String place = place(parser.getParsingContext());
        if (e instanceof StreamConstraintsException) {
            return new Failure.ParseError(parser.getParsingContext().getNestingDepth() > Json.MAX_DEPTH
                    ? "nested deeper than " + Json.MAX_DEPTH + " levels" + place
                    : "a name or value is too long" + place);
        }
        String message = e.getOriginalMessage();
        if (message != null && message.startsWith("Duplicate field")) {
            return new Failure.ParseError("a member is given twice" + place);
        }
        return new Failure.ParseError(
                "not JSON at line " + e.getLocation().getLineNr() + ", column " + e.getLocation().getColumnNr());
    }

    /** Returns the path of the parser's position, shortened to the outermost three names, such as {@code params.metadata}. */
    private static String place(JsonStreamContext context) {
        List<String> names = new ArrayList<>();
        for (JsonStreamContext at = context; at != null; at = at.getParent()) {
            String name = at.getCurrentName();
            if (name != null) {
                names.add(0, Spelling.shown(name));
            }
        }
        return names.isEmpty() ? "" : " at " + String.join(".", names.subList(0, Math.min(3, names.size())));
    }
}
