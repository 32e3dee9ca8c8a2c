package io.smokescreen.internal.policy;

import io.smokescreen.api.RoleExtractor;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** A user and a password as a client sent them (RFC 7617), well-formed. Its text is never that of the password. */
final class BasicCredentials {

    /** What bcrypt looks at; it would take a longer password for the same as its beginning. */
    static final int MAX_PASSWORD_BYTES = 72;

    private static final String SCHEME = "Basic ";
    private static final int MAX_FIELD_LENGTH = 2_048;

    private final String user;
    private final byte[] password;

    private BasicCredentials(String user, byte[] password) {
        this.user = user;
        this.password = password;
    }

    /** {@return the credentials; empty for none, more than one field, and whatever is not well-formed} */
    static Optional<BasicCredentials> parse(List<String> proxyAuthorization) {
        if (proxyAuthorization.size() != 1) {
            return Optional.empty();
        }
        String field = proxyAuthorization.get(0);
        if (field.length() > MAX_FIELD_LENGTH || !field.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return Optional.empty();
        }
        try {
            return decode(
                    Base64.getDecoder().decode(field.substring(SCHEME.length()).strip()));
        } catch (IllegalArgumentException | CharacterCodingException e) {
            return Optional.empty(); // not base64, or a user that is not UTF-8: whoever it is, nobody in the file
        }
    }

    private static Optional<BasicCredentials> decode(byte[] decoded) throws CharacterCodingException {
        int colon = 0;
        while (colon < decoded.length && decoded[colon] != ':') {
            colon++;
        }
        if (colon == decoded.length || decoded.length - colon - 1 > MAX_PASSWORD_BYTES) {
            return Optional.empty();
        }
        String user = StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(decoded, 0, colon))
                .toString();
        byte[] password = Arrays.copyOfRange(decoded, colon + 1, decoded.length);
        return RoleExtractor.isRole(user) && !hasControl(password)
                ? Optional.of(new BasicCredentials(user, password))
                : Optional.empty();
    }

    /** RFC 7617 §2 forbids them, and implementations of bcrypt do not agree on what comes after a NUL. */
    private static boolean hasControl(byte[] password) {
        for (byte each : password) {
            if ((each >= 0 && each < 0x20) || each == 0x7f) {
                return true;
            }
        }
        return false;
    }

    String user() {
        return user;
    }

    byte[] password() {
        return password.clone();
    }

    /** {@return both, in a form that no other user with another password has} */
    byte[] joined() {
        byte[] name = (user + ":").getBytes(StandardCharsets.UTF_8);
        byte[] joined = Arrays.copyOf(name, name.length + password.length);
        System.arraycopy(password, 0, joined, name.length, password.length);
        return joined;
    }

    @Override
    public String toString() {
        return "BasicCredentials[" + user + "]";
    }
}
