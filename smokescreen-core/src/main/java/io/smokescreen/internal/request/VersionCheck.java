package io.smokescreen.internal.request;

import org.jspecify.annotations.Nullable;

/** {@code HTTP/1.0} or {@code HTTP/1.1}, in this case (RFC 9112 §2.3). */
final class VersionCheck implements GrammarCheck {

    private static final String PREFIX = "HTTP/1.";

    private int position;

    @Override
    public @Nullable Malformation feed(int octet) {
        boolean right = position < PREFIX.length() ? octet == PREFIX.charAt(position) : octet == '0' || octet == '1';
        position++;
        return right ? null : Malformation.BAD_VERSION;
    }

    @Override
    public boolean isComplete() {
        return position > PREFIX.length();
    }

    @Override
    public void reset() {
        position = 0;
    }
}
