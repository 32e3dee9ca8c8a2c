package io.smokescreen;

import io.smokescreen.api.ConfigurationException;
import io.smokescreen.api.NextHop;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Next hops as environment variables name them. Go: {@code golang.org/x/net/http/httpproxy}. */
final class NextHopEnvironment {

    private static final String HTTP = "HTTP_PROXY";
    private static final String HTTPS = "HTTPS_PROXY";
    private static final String NONE = "NO_PROXY";

    /** RFC 3875 §4.1.12. */
    private static final String OF_CGI = "REQUEST_METHOD";

    private final Map<String, String> variables;

    private NextHopEnvironment(Map<String, String> variables) {
        this.variables = variables;
    }

    static NextHopOptions complete(NextHopOptions options, Map<String, String> variables) {
        NextHopEnvironment environment = new NextHopEnvironment(variables);
        NextHopOptions completed = options;
        if (options.http().isEmpty()) {
            completed = environment.http().map(completed::withHttp).orElse(completed);
        }
        if (options.https().isEmpty()) {
            completed = environment.nextHop(HTTPS).map(completed::withHttps).orElse(completed);
        }
        return options.noProxy().isEmpty() ? environment.withNoProxy(completed) : completed;
    }

    /** A client's header field {@code Proxy} is the variable HTTP_PROXY of a CGI script (CVE-2016-5385 and its kin). */
    private Optional<NextHop> http() {
        boolean mayBeOfAClient = !value(HTTP).isEmpty() && !value(OF_CGI).isEmpty();
        if (mayBeOfAClient) {
            throw new ConfigurationException("the environment variable " + HTTP + " is set, and so is " + OF_CGI
                    + ", as in a CGI script, where a client may have set it (expected http_proxy, or none)");
        }
        return nextHop(HTTP);
    }

    private Optional<NextHop> nextHop(String upperCase) {
        String name = nameInUse(upperCase);
        String url = value(name);
        if (url.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(NextHop.parse(url.contains("://") ? url : "http://" + url));
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException("the environment variable " + name + " is " + e.getMessage(), e);
        }
    }

    private NextHopOptions withNoProxy(NextHopOptions options) {
        String name = nameInUse(NONE);
        try {
            return options.withNoProxy(Arrays.stream(value(name).split(",", -1))
                    .map(String::strip)
                    .filter(entry -> !entry.isEmpty())
                    .toList());
        } catch (ConfigurationException e) {
            throw new ConfigurationException("the environment variable " + name + ": " + e.getMessage(), e);
        }
    }

    private String nameInUse(String upperCase) {
        return value(upperCase).isEmpty() ? upperCase.toLowerCase(Locale.ROOT) : upperCase;
    }

    private String value(String name) {
        return variables.getOrDefault(name, "").strip();
    }
}
