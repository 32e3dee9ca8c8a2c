package io.smokescreen.internal.exchange;

import static java.util.stream.Collectors.toUnmodifiableSet;

import io.smokescreen.api.MitmSettings;
import io.smokescreen.internal.request.Request;
import io.smokescreen.internal.track.ExchangeRecord.Inspection;
import io.smokescreen.internal.track.TextHygiene;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What the log shows of a request whose rule asks for detailed logs. */
final class Inspections {

    private static final String REDACTED = "[REDACTED]";

    private Inspections() {}

    /** {@return URL, method and the fields that the client sent, without the values that are not to be shown} */
    static Inspection of(Request request, MitmSettings settings) {
        Set<String> shown = settings.fullHeaders().stream()
                .map(name -> name.toLowerCase(Locale.ROOT))
                .collect(toUnmodifiableSet());
        Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String name : request.headers().names()) {
            List<String> values = request.headers().getAll(name);
            headers.put(
                    TextHygiene.line(name),
                    shown.contains(name.toLowerCase(Locale.ROOT)) ? clean(values) : redacted(values));
        }
        return new Inspection(request.url(), request.method().name(), headers);
    }

    private static List<String> clean(List<String> values) {
        return values.stream().map(TextHygiene::line).toList();
    }

    private static List<String> redacted(List<String> values) {
        return values.stream().map(value -> REDACTED).toList();
    }
}
