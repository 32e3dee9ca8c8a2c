package io.smokescreen;

import io.smokescreen.api.ClientRequest;
import io.smokescreen.api.ConfigurationException;
import io.smokescreen.api.RoleExtractor;
import io.smokescreen.internal.address.AddressTable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The role that another proxy tells in a header field. */
final class HeaderExtractor implements RoleExtractor {

    /** RFC 9110 §5.6.2. */
    private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

    private final String name;
    private final AddressTable<Boolean> trusted;

    HeaderExtractor(String name, List<String> trustedRanges) {
        if (!TOKEN.matcher(name).matches()) {
            throw new ConfigurationException(
                    "'" + name + "' is not the name of a header field (expected one such as 'X-Client-Role')");
        }
        if (trustedRanges.isEmpty()) {
            throw new ConfigurationException(
                    "nobody is trusted to send " + name + " (expected at least one range, such as '10.0.4.0/24')");
        }
        Map<String, Boolean> ranges =
                trustedRanges.stream().distinct().collect(Collectors.toMap(Function.identity(), range -> true));
        this.name = name;
        this.trusted = AddressTable.of(ranges);
    }

    @Override
    public Optional<String> role(ClientRequest request) {
        if (trusted.find(request.clientAddress().getAddress()).isEmpty()) {
            return Optional.empty();
        }
        List<String> values = request.headers().all(name);
        if (values.size() > 1) {
            // One of them may be what the client of the trusted proxy sent, so nothing else about it is to be believed
            // either.
            throw new IllegalArgumentException("more than one " + name + " from a trusted peer");
        }
        return values.stream().findFirst();
    }

    @Override
    public Set<String> ownHeaders() {
        return Set.of(name);
    }
}
