package dev.claudebench.rpc;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.claudebench.method.Failure;
import dev.claudebench.method.Json;

/**
 * Reads a request body by JSON-RPC 2.0, sections 4 and 6. It walks the tokens itself rather than binding a tree, because
 * an id has to go back as it was written and because each thing that can be wrong has an error of its own.
 */
final class RequestReader {
    private final int maxBatchSize;

    RequestReader(int maxBatchSize) {
        this.maxBatchSize = maxBatchSize;
    }

    RequestBody read(byte[] body) {
        String text;
        try {
            text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
        } catch (CharacterCodingException e) {
            return RequestBody.invalid(new Failure.ParseError("the body is not UTF-8"));
        }
        try (JsonParser parser = Json.MAPPER.createParser(text)) {
            try {
                RequestBody requests = readBody(parser, text);
                if (parser.nextToken() != null) {
                    return RequestBody.invalid(new Failure.ParseError("more text after the request"));
                }
                return requests;
            } catch (JsonProcessingException e) {
                return RequestBody.invalid(parseError(parser, e));
            } catch (NumberFormatException e) {
                // not wrapped by the parser: an exponent that no BigDecimal has
                return RequestBody.invalid(
                        new Failure.ParseError("a number is out of range" + place(parser.getParsingContext())));
            }
        } catch (IOException e) {
            throw new IllegalStateException("a string cannot fail to be read", e);
        }
    }

    private RequestBody readBody(JsonParser parser, String text) throws IOException {
        JsonToken first = parser.nextToken();
        if (first == null) {
            return RequestBody.invalid(new Failure.ParseError("the body is empty"));
        }
        if (first != JsonToken.START_ARRAY) {
            return new RequestBody(false, List.of(readRequest(parser, text)));
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
        if (size == 0) {
            return RequestBody.invalid(new Failure.InvalidRequest("the batch is empty"));
        }
        if (size > maxBatchSize) {
            return RequestBody.invalid(
                    new Failure.InvalidRequest("the batch holds " + size + " elements, at most " + maxBatchSize));
        }
        return new RequestBody(true, requests);
    }

    /** Reads the value at the parser's token, to its end whatever it is, so that the next element can be read. */
    private static RpcRequest readRequest(JsonParser parser, String text) throws IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            parser.skipChildren();
            return new RpcRequest.Invalid(new Failure.InvalidRequest("a request is an object"), RequestId.NULL);
        }
        Envelope envelope = new Envelope();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String member = parser.currentName();
            parser.nextToken();
            switch (member) {
                case "jsonrpc" -> envelope.version = textOrNull(parser);
                case "method" -> envelope.method = textOrNull(parser);
                case "id" -> envelope.readId(parser, text);
                case "params" -> envelope.readParams(parser);
                default -> parser.skipChildren();
            }
        }
        return envelope.toRequest();
    }

    private static @Nullable String textOrNull(JsonParser parser) throws IOException {
        if (parser.currentToken() == JsonToken.VALUE_STRING) {
            return parser.getText();
        }
        parser.skipChildren();
        return null;
    }

    private static Failure parseError(JsonParser parser, JsonProcessingException e) {
        // the parser's own words quote the text, so only the place is told
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

    /** The names of the two outermost members that lead to where the parser stands, such as {@code params.metadata}. */
    private static String place(JsonStreamContext context) {
        List<String> names = new ArrayList<>();
        for (JsonStreamContext at = context; at != null; at = at.getParent()) {
            String name = at.getCurrentName();
            if (name != null) {
                names.add(0, shortened(name));
            }
        }
        return names.isEmpty() ? "" : " at " + String.join(".", names.subList(0, Math.min(3, names.size())));
    }

    private static String shortened(String name) {
        if (name.length() <= 64) {
            return name;
        }
        // not between the two halves of one character
        return name.substring(0, Character.isHighSurrogate(name.charAt(63)) ? 63 : 64) + "…";
    }

    /** The members of one request object as they are met. */
    private static final class Envelope {
        private @Nullable String version;
        private @Nullable String method;
        private @Nullable RequestId id;
        private @Nullable ObjectNode params = Json.MAPPER.createObjectNode();
        private @Nullable String fault;

        void readId(JsonParser parser, String text) throws IOException {
            switch (parser.currentToken()) {
                case VALUE_NULL -> id = RequestId.NULL;
                case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> acceptId(parser.getText());
                case VALUE_STRING -> {
                    int start = (int) parser.currentTokenLocation().getCharOffset();
                    parser.finishToken();
                    acceptId(text.substring(start, (int) parser.currentLocation().getCharOffset()));
                }
                default -> {
                    parser.skipChildren();
                    refuseId("id must be a string, a number or null");
                }
            }
        }

        private void acceptId(String json) {
            if (json.length() > RequestId.MAX_LENGTH) {
                refuseId("id is longer than " + RequestId.MAX_LENGTH + " characters");
            } else {
                id = new RequestId(json);
            }
        }

        private void refuseId(String why) {
            id = RequestId.NULL;
            fault = why;
        }

        void readParams(JsonParser parser) throws IOException {
            switch (parser.currentToken()) {
                case START_OBJECT -> params = parser.readValueAsTree();
                case START_ARRAY -> {
                    parser.skipChildren();
                    params = null;
                }
                default -> {
                    parser.skipChildren();
                    fault = "params must be an object";
                }
            }
        }

        RpcRequest toRequest() {
            String wrong = fault;
            if (wrong == null && !"2.0".equals(version)) {
                wrong = "jsonrpc must be \"2.0\"";
            }
            String name = method;
            if (wrong != null) {
                return invalid(wrong);
            }
            return name == null ? invalid("method must be a string") : new RpcRequest.Call(name, params, id);
        }

        private RpcRequest invalid(String why) {
            return new RpcRequest.Invalid(new Failure.InvalidRequest(why), id == null ? RequestId.NULL : id);
        }
    }
}
