package io.smokescreen.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * A response, taken apart by somebody else than Netty.
 *
 * @param statusLine the first line
 * @param headers all values of each field, names in lower case
 * @param body as long as Content-Length says
 */
public record HttpReply(String statusLine, Map<String, List<String>> headers, String body) {

    /** {@return the next response, with a body of the length it states} */
    public static HttpReply read(RawClient client) {
        HttpReply head = readHead(client);
        int length = Integer.parseInt(head.header("content-length").isEmpty() ? "0" : head.header("content-length"));
        return new HttpReply(head.statusLine, head.headers, new String(client.read(length), UTF_8));
    }

    /** {@return the next response, which has no body whatever it states} */
    public static HttpReply readHead(RawClient client) {
        String text = client.readHead();
        if (text.isEmpty()) {
            return new HttpReply("", Map.of(), "");
        }
        List<String> lines = text.lines().toList();
        Map<String, List<String>> headers = new TreeMap<>();
        for (String line : lines.subList(1, lines.size() - 1)) {
            int colon = line.indexOf(':');
            headers.computeIfAbsent(line.substring(0, colon).toLowerCase(Locale.ROOT), name -> new ArrayList<>())
                    .add(line.substring(colon + 1).strip());
        }
        return new HttpReply(lines.get(0), headers, "");
    }

    /** {@return the value of a field, values joined; the empty string if it is not there} */
    public String header(String name) {
        return String.join(",", headers.getOrDefault(name.toLowerCase(Locale.ROOT), List.of()));
    }

    public int status() {
        return statusLine.isEmpty() ? 0 : Integer.parseInt(statusLine.split(" ", 3)[1]);
    }
}
