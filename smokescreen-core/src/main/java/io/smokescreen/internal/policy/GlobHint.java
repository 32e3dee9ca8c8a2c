package io.smokescreen.internal.policy;

import io.smokescreen.api.Host;
import io.smokescreen.internal.yaml.Shown;
import java.net.IDN;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Says what is wrong with an entry that is not a {@link Glob}, and what to write instead. Runs only when loading fails. */
final class GlobHint {

    private static final String EXPECTED =
            "expected a name such as 'api.example.com', '*.example.com' for all names below it, or an IP address; each may"
                    + " be followed by ':443' for one port";

    private static final Pattern MATCHES_ALL = Pattern.compile("\\*\\.?(:\\d*)?");
    private static final Pattern ADDRESS_RANGE = Pattern.compile("[0-9a-fA-F:.]+/\\d+");
    private static final Pattern PORT = Pattern.compile(":\\d*$");

    private GlobHint() {}

    /** Returns the problem of an entry that {@link Glob#tryParse} refused. */
    static String explain(String entry) {
        if (entry.isBlank()) {
            return Shown.quoted(entry) + " is empty (" + EXPECTED + ")";
        }
        if (MATCHES_ALL.matcher(entry.strip()).matches()) {
            return Shown.quoted(entry) + " would match every host (a rule with 'action: open' allows every host)";
        }
        if (ADDRESS_RANGE.matcher(entry).matches()) {
            return Shown.quoted(entry) + " is a range of addresses, which an ACL does not know (allow_ranges and"
                    + " deny_ranges of the configuration do; an ACL names single addresses)";
        }
        String repaired = repair(entry);
        return Shown.quoted(entry) + " " + problem(entry)
                + (repaired == null ? " (" + EXPECTED + ")" : " (write '" + repaired + "')");
    }

    private static String problem(String entry) {
        if (entry.chars().anyMatch(c -> c > 0x7e)) {
            return "is not ASCII; international names are written in punycode";
        }
        if (entry.chars().anyMatch(c -> c <= 0x20)) {
            return "holds a blank or a control character";
        }
        if (entry.contains("://") || entry.chars().anyMatch(c -> "/?#@\\%".indexOf(c) >= 0)) {
            return "is not a host alone";
        }
        if (entry.startsWith("*.") ? entry.lastIndexOf('*') > 0 : entry.indexOf('*') >= 0) {
            return "has a star in the wrong place; a star is the whole first label, as in '*.example.com'";
        }
        if (entry.startsWith("[") || entry.indexOf(':') != entry.lastIndexOf(':')) {
            return "is not an IPv6 address in its canonical form";
        }
        if (entry.indexOf(':') >= 0 && Glob.parsePort(entry, entry.indexOf(':') + 1) < 0) {
            return "has a port that is not a number from 1 to 65535";
        }
        return problemOfName(PORT.matcher(entry).replaceFirst(""));
    }

    private static String problemOfName(String name) {
        if (name.endsWith(".")) {
            return "ends in a dot";
        }
        if (!name.equals(name.toLowerCase(Locale.ROOT))) {
            return "is not in lower case";
        }
        if (name.startsWith("*.") && Host.tryParse(name.substring(2)).isPresent()) {
            return "is below an address, where there are no names";
        }
        return "is neither a host name nor an address";
    }

    /** Returns the entry that was probably meant, or null where that cannot be told. */
    private static @Nullable String repair(String entry) {
        String host = entry.strip();
        int scheme = host.indexOf("://");
        host = scheme < 0 ? host : host.substring(scheme + 3);
        host = host.replaceFirst("[/?#\\\\].*", "");
        host = host.substring(host.lastIndexOf('@') + 1).toLowerCase(Locale.ROOT);
        host = host.replaceFirst("^(\\*?\\.)+", "*.").replaceFirst("\\.(:\\d+)?$", "$1");
        String ascii = punycode(host);
        if (ascii == null) {
            return null;
        }
        String address = ascii.replaceAll("^\\[|]$", "");
        return Glob.tryParse(ascii) != null
                ? ascii
                : Host.tryParse(address)
                        .map(Host::text)
                        .filter(text -> Glob.tryParse(text) != null)
                        .orElse(null);
    }

    /** java.net.IDN knows IDNA2003 only: good enough for a hint that somebody reads, not for a comparison. */
    private static @Nullable String punycode(String host) {
        try {
            return IDN.toASCII(host).toLowerCase(Locale.ROOT);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
