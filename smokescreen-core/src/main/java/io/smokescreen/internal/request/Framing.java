package io.smokescreen.internal.request;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpVersion;
import java.util.List;

/**
 * How a message says where its body ends (RFC 9112 §6.3). What could be read in two ways has no framing: it is refused.
 *
 * @param kind the way
 * @param length the number of bytes where the kind is {@link Kind#LENGTH}, else 0
 */
public record Framing(Kind kind, long length) {

    /** Nothing says that there is a body, so there is none. */
    public static final Framing NONE = new Framing(Kind.NONE, 0);

    public static final Framing CHUNKED = new Framing(Kind.CHUNKED, 0);

    public static final Framing UNTIL_CLOSE = new Framing(Kind.UNTIL_CLOSE, 0);

    private static final int MAX_LENGTH_DIGITS = 19;

    /** The ways a body ends. */
    public enum Kind {
        NONE,
        LENGTH,
        CHUNKED,
        /** Responses only: the body ends when the server closes. */
        UNTIL_CLOSE
    }

    public static Framing ofLength(long length) {
        return new Framing(Kind.LENGTH, length);
    }

    /**
     * {@return whether no byte of a body follows}
     */
    public boolean isEmpty() {
        return kind == Kind.NONE || (kind == Kind.LENGTH && length == 0);
    }

    /**
     * {@return the number of bytes of the body, -1 where the head does not tell}
     */
    public long knownLength() {
        return kind == Kind.NONE || kind == Kind.LENGTH ? length : -1;
    }

    static Framing ofRequest(HttpRequest request) throws MalformedMessageException {
        return ofFields(request, NONE);
    }

    /** The framing of a final response to a request of that method. */
    static Framing ofResponse(HttpMethod method, HttpResponse response) throws MalformedMessageException {
        return hasNoBody(method, response.status()) ? NONE : ofFields(response, UNTIL_CLOSE);
    }

    /** RFC 9112 §6.3, rules 1 and 2: whatever the fields say. */
    static boolean hasNoBody(HttpMethod method, HttpResponseStatus status) {
        return status.codeClass() == HttpStatusClass.INFORMATIONAL
                || status.code() == HttpResponseStatus.NO_CONTENT.code()
                || status.code() == HttpResponseStatus.NOT_MODIFIED.code()
                || method.equals(HttpMethod.HEAD)
                || (method.equals(HttpMethod.CONNECT) && status.codeClass() == HttpStatusClass.SUCCESS);
    }

    private static Framing ofFields(HttpMessage message, Framing without) throws MalformedMessageException {
        HttpHeaders headers = message.headers();
        List<String> codings = headers.getAll(HttpHeaderNames.TRANSFER_ENCODING);
        List<String> lengths = headers.getAll(HttpHeaderNames.CONTENT_LENGTH);
        if (codings.isEmpty() && lengths.isEmpty()) {
            return without;
        }
        if (codings.size() + lengths.size() > 1) {
            throw new MalformedMessageException(Malformation.BAD_FRAMING);
        }
        if (codings.isEmpty()) {
            return ofLength(parseLength(lengths.get(0)));
        }
        boolean chunked = HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(codings.get(0));
        if (!chunked || !message.protocolVersion().equals(HttpVersion.HTTP_1_1)) {
            throw new MalformedMessageException(Malformation.BAD_FRAMING);
        }
        return CHUNKED;
    }

    private static long parseLength(String text) throws MalformedMessageException {
        boolean plain = !text.isEmpty()
                && text.length() <= MAX_LENGTH_DIGITS
                && text.chars().allMatch(Octets::isDigit);
        try {
            if (plain) {
                return Long.parseLong(text);
            }
        } catch (NumberFormatException e) {
            // 19 digits can exceed 2^63-1: refused like any other nonsense
        }
        throw new MalformedMessageException(Malformation.BAD_FRAMING);
    }
}
