package io.smokescreen.internal.request;

import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.Map;
import java.util.function.Predicate;

/** Header fields that an application adds to a message: fit to be sent, and none of those that are the proxy's own. */
public final class AddedFields {

    private AddedFields() {}

    /**
     * {@return these fields, to replace those of the same names}
     *
     * @param fields values by names
     * @throws IllegalArgumentException if a name or a value cannot be sent, or the proxy sets that field itself; the message does
     *     not hold the value
     */
    public static HttpHeaders of(Map<String, String> fields) {
        return of(fields, FieldNames::isOfTheProxy);
    }

    /** @param ofTheProxy tells which names are the proxy's own, in a message of another kind */
    static HttpHeaders of(Map<String, String> fields, Predicate<String> ofTheProxy) {
        HttpHeaders checked = DefaultHttpHeadersFactory.headersFactory().newHeaders();
        fields.forEach((name, value) -> checked.set(checkedName(name, ofTheProxy), checkedValue(name, value)));
        return checked;
    }

    /** {@return whether a header field can have that name} */
    public static boolean isFieldName(String name) {
        return !name.isEmpty() && name.chars().allMatch(c -> c < 0x80 && Octets.isToken(c));
    }

    private static String checkedName(String name, Predicate<String> ofTheProxy) {
        if (!isFieldName(name)) {
            throw new IllegalArgumentException(
                    "'" + name + "' is not the name of a header field (expected letters, digits and '-')");
        }
        if (ofTheProxy.test(name)) {
            throw new IllegalArgumentException(
                    "'" + name + "' is a header field that the proxy sets itself (expected another one)");
        }
        return name;
    }

    private static String checkedValue(String name, String value) {
        boolean sendable = value.chars().allMatch(c -> c == Octets.SP || c == Octets.HT || Octets.isVisible(c));
        if (!sendable || !value.equals(value.strip())) {
            throw new IllegalArgumentException("the value of the header field '" + name
                    + "' holds what none can (expected visible ASCII, with blanks and tabs inside only)");
        }
        return value;
    }
}
