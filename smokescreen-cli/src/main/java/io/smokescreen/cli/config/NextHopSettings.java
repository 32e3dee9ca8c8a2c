package io.smokescreen.cli.config;

import static io.smokescreen.cli.config.Setting.define;
import static io.smokescreen.cli.config.Topic.NEXT_HOPS;

import io.smokescreen.NextHopOptions;
import io.smokescreen.api.NextHop;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Which external proxies requests are passed on to, and how. */
public final class NextHopSettings {

    /** Next hop of plain HTTP requests. */
    public static final Setting<Optional<NextHop>> HTTP = define(
                    NEXT_HOPS, "--upstream-http-proxy-addr", "upstream_http_proxy_addr")
            .takes("URL")
            .means(
                    "Send plain HTTP requests through the proxy at URL: http or https, before the host perhaps user:password@.")
            .asOptional(NextHop::parse, "HTTP_PROXY of the environment");

    /** Next hop of everything else. */
    public static final Setting<Optional<NextHop>> HTTPS = define(
                    NEXT_HOPS, "--upstream-https-proxy-addr", "upstream_https_proxy_addr")
            .takes("URL")
            .means("Send CONNECT requests, requests looked into and https:// URIs through the proxy at URL.")
            .asOptional(NextHop::parse, "HTTPS_PROXY of the environment");

    /** Destinations without a next hop. */
    public static final Setting<List<String>> NO_PROXY = define(NEXT_HOPS, "--no-proxy", "no_proxy")
            .takes("HOST")
            .means(
                    "Reach HOST directly: '*', a domain with all below it, .domain for those below it only, an IP address (with"
                            + " :port or without) or a range.")
            .asList(Texts::some, "NO_PROXY of the environment");

    /** Authorities of next hops' certificates. */
    public static final Setting<List<Path>> CA_FILES = define(
                    NEXT_HOPS, "--upstream-proxy-ca-file", "upstream_proxy_ca_files")
            .takes("FILE")
            .means("Verify certificates of https next hops against Certificate Authorities from FILE (PEM).")
            .asList(Texts::path, "those that the system trusts");

    /** Whether a next hop gets an address. */
    public static final Setting<Boolean> SEND_IP = define(
                    NEXT_HOPS, "--upstream-proxy-send-ip", "upstream_proxy_send_ip")
            .means("Ask next hops to connect to the address that was vetted, not to the name, which they may resolve"
                    + " differently. Plain HTTP then passes them by CONNECT too.")
            .asSwitch(NextHopOptions.DEFAULT_VETTED_ADDRESS_SENT);

    private NextHopSettings() {}

    static List<Setting<?>> all() {
        return List.of(HTTP, HTTPS, NO_PROXY, CA_FILES, SEND_IP);
    }
}
