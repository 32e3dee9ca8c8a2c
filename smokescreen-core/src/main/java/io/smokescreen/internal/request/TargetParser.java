package io.smokescreen.internal.request;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads a target that nobody sent, as if a client had: CONNECT for {@code host:port}, GET for a URL. It is held to the same
 * grammar and limits as bytes from a socket, and {@link RequestParser} makes the request.
 */
public final class TargetParser {

    private static final Pattern URL = Pattern.compile("[a-zA-Z][a-zA-Z0-9+.-]*://.*", Pattern.DOTALL);

    /** The target overrides it; it is there because HTTP/1.1 needs one. */
    private static final String HOST = "target.invalid";

    private TargetParser() {}

    /**
     * {@return what the request would be; never throws for what it is given}
     *
     * @param target the target as it would stand in the request line
     * @param nextHop the value of {@code X-Upstream-Https-Proxy}, or the empty string for none
     */
    public static ParseResult parse(String target, String nextHop) {
        HttpMethod method = URL.matcher(target).matches() ? HttpMethod.GET : HttpMethod.CONNECT;
        Malformation wrong = wrongTarget(method, target);
        if (wrong == null) {
            wrong = wrongField(nextHop);
        }
        if (wrong != null) {
            return new Malformed(wrong);
        }
        HttpHeaders headers = DefaultHttpHeadersFactory.headersFactory()
                .withValidation(false) // it was held to the grammar above
                .newHeaders()
                .set(HttpHeaderNames.HOST, HOST);
        if (!nextHop.isEmpty()) {
            headers.set(FieldNames.NEXT_HOP, asDecoded(nextHop));
        }
        return RequestParser.parse(new DefaultHttpRequest(HttpVersion.HTTP_1_1, method, target, headers));
    }

    private static @Nullable Malformation wrongTarget(HttpMethod method, String target) {
        if (target.isEmpty() || !target.chars().allMatch(Octets::isVisible)) { // it would not be the whole target
            return Malformation.BAD_TARGET;
        }
        return firstWrong(new RequestLineCheck(HeadLimits.DEFAULT), method + " " + target + " HTTP/1.1\r\n");
    }

    private static @Nullable Malformation wrongField(String value) {
        if (value.indexOf('\r') >= 0) { // it would end the field
            return Malformation.BAD_FIELD_VALUE;
        }
        return firstWrong(new FieldSectionCheck(HeadLimits.DEFAULT), FieldNames.NEXT_HOP + ": " + value + "\r\n\r\n");
    }

    private static @Nullable Malformation firstWrong(GrammarCheck check, String text) {
        for (byte octet : text.getBytes(UTF_8)) {
            Malformation wrong = check.feed(octet & 0xff);
            if (wrong != null) {
                return wrong;
            }
        }
        return null;
    }

    /** Bytes of a field are read as ISO 8859-1, and blanks around them are not part of the value (RFC 9110 §5.5). */
    private static String asDecoded(String value) {
        return new String(value.getBytes(UTF_8), ISO_8859_1).replaceAll("^[ \t]+|[ \t]+$", "");
    }
}
