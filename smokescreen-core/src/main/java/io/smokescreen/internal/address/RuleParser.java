package io.smokescreen.internal.address;

import inet.ipaddr.AddressStringParameters.RangeParameters;
import inet.ipaddr.IPAddress;
import inet.ipaddr.IPAddressString;
import inet.ipaddr.IPAddressStringParameters;
import io.smokescreen.api.ConfigurationException;
import io.smokescreen.api.Destination;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * Reads the ranges and addresses of a configuration, with the ipaddress library in its strict form. Host bits that are
 * set are cleared. A range written as {@code ::ffff:a.b.c.d/96} or longer is the IPv4 range; shorter, it is an IPv6
 * range, which no IPv4 address is in.
 *
 * <p>Go's Smokescreen takes a little more, and fleets have it in their files: a prefix length with leading zeros, and a
 * port that is anything Go's {@code strconv.Atoi} reads, where 0 means every port and other numbers outside 1 to 65535
 * match nothing. The lenient parser takes that too; nothing else.
 */
final class RuleParser {

    /** Stands for every port. */
    static final int ANY_PORT = 0;

    /** Stands for a port that no request has. Go keeps such a rule, which then never matches. */
    static final int NO_PORT = -1;

    private static final IPAddressStringParameters STRICT_TEXT = strictText();

    private final boolean lenient;

    private RuleParser(boolean lenient) {
        this.lenient = lenient;
    }

    static RuleParser strict() {
        return new RuleParser(false);
    }

    static RuleParser lenient() {
        return new RuleParser(true);
    }

    /**
     * Reads a block of addresses.
     *
     * @throws ConfigurationException if it is not one
     */
    Cidr range(String text) {
        int slash = text.indexOf('/');
        Cidr address = slash < 0 ? null : tryAddress(text.substring(0, slash));
        int length = slash < 0 ? -1 : prefixLength(text.substring(slash + 1));
        if (address == null || length < 0) {
            throw new ConfigurationException("'" + text + "' is not a range of addresses (expected an address, a slash"
                    + " and a prefix length, such as '192.0.2.0/24' or '2001:db8::/32')");
        }
        boolean mapped = address.ipv6() && Ip.isMapped(address.high(), address.low());
        if (length > (address.ipv6() ? 128 : 32)) {
            throw new ConfigurationException("'" + text + "' has a prefix length that is too long (expected at most "
                    + (address.ipv6() ? 128 : 32) + ")");
        }
        if (mapped && length >= 96) {
            return Cidr.v4((int) address.low(), length - 96);
        }
        return new Cidr(address.ipv6(), address.high(), address.low(), length);
    }

    /**
     * Reads a single address with or without a port.
     *
     * @throws ConfigurationException if it is neither
     */
    AddressAndPort address(String text) {
        Cidr whole = tryAddress(text);
        if (whole != null) {
            return new AddressAndPort(unmapped(whole), ANY_PORT);
        }
        int colon = text.lastIndexOf(':');
        Cidr address = colon < 0 ? null : beforePort(text.substring(0, colon));
        if (address == null) {
            throw new ConfigurationException("'" + text + "' is not an address (expected one such as '192.0.2.1',"
                    + " '192.0.2.1:443', '2001:db8::1' or '[2001:db8::1]:443')");
        }
        return new AddressAndPort(unmapped(address), port(text, text.substring(colon + 1)));
    }

    /**
     * Reads a single address without a port.
     *
     * @throws ConfigurationException if it is not one
     */
    InetAddress plainAddress(String text) {
        Cidr address = tryAddress(text);
        if (address == null) {
            throw new ConfigurationException(
                    "'" + text + "' is not an address (expected one such as '192.0.2.1' or '2001:db8::1')");
        }
        return address.ipv6() ? Ip.ofV6(address.high(), address.low()) : Ip.ofV4((int) address.low());
    }

    /** What stands before the last colon: brackets belong around IPv6, and only there. Go takes them around IPv4 too. */
    private @Nullable Cidr beforePort(String host) {
        boolean bracketed = host.length() > 2 && host.startsWith("[") && host.endsWith("]");
        Cidr address = tryAddress(bracketed ? host.substring(1, host.length() - 1) : host);
        boolean wellFormed = address != null && (address.ipv6() == bracketed || (bracketed && lenient));
        return wellFormed ? address : null;
    }

    private int port(String text, String digits) {
        if (lenient) {
            return goPort(text, digits);
        }
        if (isDecimal(digits, 5) && digits.charAt(0) != '0' && Integer.parseInt(digits) <= Destination.MAX_PORT) {
            return Integer.parseInt(digits);
        }
        throw badPort(text);
    }

    /** As Go: {@code strconv.Atoi}, which takes a sign and leading zeros, and no check of the range. */
    private static int goPort(String text, String digits) {
        boolean signed = digits.startsWith("+") || digits.startsWith("-");
        if (!isDecimal(signed ? digits.substring(1) : digits, 64)) {
            throw badPort(text);
        }
        try {
            long port = Long.parseLong(digits);
            return port >= 0 && port <= Destination.MAX_PORT ? (int) port : NO_PORT;
        } catch (NumberFormatException e) {
            ConfigurationException bad = badPort(text);
            bad.initCause(e);
            throw bad;
        }
    }

    private static ConfigurationException badPort(String text) {
        return new ConfigurationException(
                "'" + text + "' has a bad port (expected 1 to " + Destination.MAX_PORT + " in decimal digits)");
    }

    private int prefixLength(String digits) {
        boolean leadingZero = digits.length() > 1 && digits.charAt(0) == '0';
        if (!isDecimal(digits, lenient ? 64 : 3) || (leadingZero && !lenient)) {
            return -1;
        }
        String significant = digits.replaceFirst("^0+(?=.)", "");
        return significant.length() > 3 ? 999 : Integer.parseInt(significant);
    }

    private static boolean isDecimal(String text, int maxLength) {
        return !text.isEmpty() && text.length() <= maxLength && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    /** An address and nothing else as a block of one, or null. The library would take blanks around it. */
    private static @Nullable Cidr tryAddress(String text) {
        if (text.isEmpty() || !text.chars().allMatch(RuleParser::isAddressCharacter)) {
            return null;
        }
        IPAddress address = new IPAddressString(text, STRICT_TEXT).getAddress();
        if (address == null || address.isMultiple() || address.isPrefixed()) {
            return null;
        }
        byte[] bytes = address.getBytes();
        return bytes.length == 4 ? Cidr.v4(Ip.v4(bytes), 32) : Cidr.v6(Ip.high(bytes), Ip.low(bytes), 128);
    }

    private static boolean isAddressCharacter(int c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == ':' || c == '.';
    }

    private static Cidr unmapped(Cidr address) {
        boolean mapped = address.ipv6() && Ip.isMapped(address.high(), address.low());
        return mapped ? Cidr.v4((int) address.low(), 32) : address;
    }

    private static IPAddressStringParameters strictText() {
        IPAddressStringParameters.Builder text = new IPAddressStringParameters.Builder()
                .allowEmpty(false)
                .allowAll(false)
                .allowSingleSegment(false)
                .allowMask(false)
                .allowPrefix(false)
                .allowPrefixOnly(false)
                .allow_inet_aton(false)
                .allowWildcardedSeparator(false)
                .setRangeOptions(RangeParameters.NO_RANGE);
        text.getIPv4AddressParametersBuilder().allowLeadingZeros(false).allowBinary(false);
        text.getIPv6AddressParametersBuilder()
                .allowZone(false)
                .allowBase85(false)
                .allowBinary(false)
                .getEmbeddedIPv4AddressParametersBuilder()
                .allowLeadingZeros(false);
        return text.toParams();
    }

    /** What an address rule names. The port is {@link #ANY_PORT}, {@link #NO_PORT} or one from 1 to 65535. */
    record AddressAndPort(Cidr address, int port) {}
}
