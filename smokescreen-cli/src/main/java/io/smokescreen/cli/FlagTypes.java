package io.smokescreen.cli;

import io.smokescreen.AddressPolicy;
import io.smokescreen.api.Destination;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.function.Function;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** From the text of a flag to its type; each refusal tells the value and what was expected. */
final class FlagTypes {

    private FlagTypes() {}

    /** A time to wait: {@link GoDuration}, at least a millisecond. */
    static final class Timeout extends Converter<Duration> {

        Timeout() {
            super(Timeout::parse);
        }

        private static Duration parse(String text) {
            Duration duration = GoDuration.parse(text);
            if (duration.toMillis() < 1) {
                throw new IllegalArgumentException("'" + text + "' is too short (expected at least 1ms)");
            }
            return duration;
        }
    }

    /** The address of a DNS server: {@link ResolverAddress}. */
    static final class Resolver extends Converter<InetSocketAddress> {

        Resolver() {
            super(ResolverAddress::parse);
        }
    }

    /** A port to listen on, 0 for a free one. */
    static final class ListenPort extends Converter<Integer> {

        ListenPort() {
            super(ListenPort::parse);
        }

        private static int parse(String text) {
            if (!text.matches("[0-9]{1,5}") || Integer.parseInt(text) > Destination.MAX_PORT) {
                throw new IllegalArgumentException(
                        "'" + text + "' is not a port (expected 0 to " + Destination.MAX_PORT + ")");
            }
            return Integer.parseInt(text);
        }
    }

    /** An address policy, in lower case. */
    static final class Policy extends Converter<AddressPolicy> {

        Policy() {
            super(Policy::parse);
        }

        private static AddressPolicy parse(String text) {
            return switch (text) {
                case "strict" -> AddressPolicy.STRICT;
                case "smokescreen" -> AddressPolicy.SMOKESCREEN;
                default ->
                    throw new IllegalArgumentException(
                            "'" + text + "' is not an address policy (expected 'strict' or 'smokescreen')");
            };
        }
    }

    /** A parser that throws {@link IllegalArgumentException}, as picocli wants it. */
    private abstract static class Converter<T> implements ITypeConverter<T> {

        private final Function<String, T> parser;

        Converter(Function<String, T> parser) {
            this.parser = parser;
        }

        @Override
        public T convert(String value) {
            try {
                return parser.apply(value);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}
