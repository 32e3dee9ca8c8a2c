package io.smokescreen.cli.config;

import static io.smokescreen.cli.config.Setting.define;
import static io.smokescreen.cli.config.Topic.CONNECTING;
import static io.smokescreen.cli.config.Topic.WAITING;

import io.smokescreen.LimitOptions;
import io.smokescreen.Network;
import io.smokescreen.ResolverOptions;
import io.smokescreen.TimeoutOptions;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/** How destinations are found and connected to, and how long the proxy waits for what. */
public final class ConnectSettings {

    /** Address families. */
    public static final Setting<Network> NETWORK = define(CONNECTING, "--network", "network")
            .takes("NETWORK")
            .means("Look up and connect to 'ip4' or 'ip6' addresses only, or with 'ip' to both.")
            .as(Texts.constant(Network.class), Network.IP, "ip");

    /** DNS servers. */
    public static final Setting<List<InetSocketAddress>> RESOLVER_ADDRESSES = define(
                    CONNECTING, "--resolver-address", "resolver_addresses")
            .takes("IP[:PORT]")
            .means("Make DNS requests to IP[:PORT], port 53 if there is none; the next one is asked when one fails.")
            .asList(ResolverAddress::parse, "those of the system");

    /** Names that are remembered. */
    public static final Setting<Integer> DNS_CACHE_ENTRIES = define(
                    CONNECTING, "--dns-cache-entries", "dns_cache_entries")
            .takes("NUMBER")
            .means(
                    "Remember the addresses of NUMBER names until their time to live ends; 0 turns that off. Addresses are"
                            + " judged anew for each request.")
            .as(
                    Texts.count(0, 10_000_000),
                    ResolverOptions.DEFAULT_CACHE_ENTRIES,
                    String.valueOf(ResolverOptions.DEFAULT_CACHE_ENTRIES));

    /** Waiting upstream connections in all. */
    public static final Setting<Integer> MAX_IDLE = define(
                    CONNECTING, "--transport-max-idle-conns", "transport_max_idle_conns")
            .takes("NUMBER")
            .means(
                    "Keep at most NUMBER upstream connections of plain HTTP requests waiting for the next one. As in Go, 0 is the"
                            + " built-in limit, here " + LimitOptions.DEFAULT_MAX_IDLE_CONNECTIONS + ".")
            .as(Texts.count(0, 1_000_000), 0, "0");

    /** Waiting upstream connections for each destination. */
    public static final Setting<Integer> MAX_IDLE_PER_HOST = define(
                    CONNECTING, "--transport-max-idle-conns-per-host", "transport_max_idle_conns_per_host")
            .takes("NUMBER")
            .means("The same, for each host and port. 0 is the built-in limit, here "
                    + LimitOptions.DEFAULT_MAX_IDLE_CONNECTIONS_PER_HOST + ".")
            .as(Texts.count(0, 1_000_000), 0, "0");

    /** Whether clients learn the address. */
    public static final Setting<Boolean> ADD_SERVER_IP_HEADER = define(
                    CONNECTING, "--add-server-ip-header", "add_server_ip_header")
            .means("Tell clients the address that the proxy is connected to for them, in X-Server-Ip of the response.")
            .asSwitch(false);

    /** Connecting. */
    public static final Setting<Duration> CONNECT_TIMEOUT = define(WAITING, "--timeout", "connect_timeout")
            .takes("DURATION")
            .means("Time out after DURATION when connecting, all addresses of a name together.")
            .as(Texts::timeout, TimeoutOptions.defaults().connect(), TimeoutOptions.DEFAULT_CONNECT_SECONDS + "s");

    /** Resolving. */
    public static final Setting<Duration> DNS_TIMEOUT = define(WAITING, "--dns-timeout", "dns_timeout")
            .takes("DURATION")
            .means("Time out after DURATION when resolving a name, all attempts together.")
            .as(Texts::timeout, ResolverOptions.system().timeout(), ResolverOptions.DEFAULT_TIMEOUT_SECONDS + "s");

    /** The head of a request. */
    public static final Setting<Duration> READ_HEADER_TIMEOUT = define(
                    WAITING, "--read-header-timeout", "read_header_timeout")
            .takes("DURATION")
            .means("Close a connection whose request head, TLS handshake included, takes longer than DURATION.")
            .as(
                    Texts::timeout,
                    TimeoutOptions.defaults().readHeader(),
                    TimeoutOptions.DEFAULT_READ_HEADER_SECONDS + "s");

    /** A whole request. */
    public static final Setting<Duration> READ_TIMEOUT = define(WAITING, "--read-timeout", "read_timeout")
            .takes("DURATION")
            .means("Give up a plain HTTP request that takes longer than DURATION to arrive, its body included.")
            .as(
                    Texts::timeout,
                    TimeoutOptions.defaults().readRequest(),
                    TimeoutOptions.DEFAULT_READ_REQUEST_SECONDS + "s");

    /** A whole response. */
    public static final Setting<Duration> WRITE_TIMEOUT = define(WAITING, "--write-timeout", "write_timeout")
            .takes("DURATION")
            .means("Cut the response to a plain HTTP request that is not written DURATION after the request's head.")
            .as(
                    Texts::timeout,
                    TimeoutOptions.defaults().writeResponse(),
                    TimeoutOptions.DEFAULT_WRITE_RESPONSE_SECONDS + "s");

    /** The next request of a connection. */
    public static final Setting<Duration> KEEP_ALIVE_TIMEOUT = define(
                    WAITING, "--keep-alive-timeout", "keep_alive_timeout")
            .takes("DURATION")
            .means("Close a connection of a client that waits longer than DURATION for its next request.")
            .as(Texts::timeout, TimeoutOptions.defaults().keepAlive(), TimeoutOptions.DEFAULT_KEEP_ALIVE_SECONDS + "s");

    /** Silence in a plain HTTP exchange. */
    public static final Setting<Duration> RESPONSE_TIMEOUT = define(WAITING, "--response-timeout", "response_timeout")
            .takes("DURATION")
            .means("Give up a plain HTTP exchange that stands still for DURATION.")
            .as(Texts::timeout, TimeoutOptions.defaults().response(), TimeoutOptions.DEFAULT_RESPONSE_SECONDS + "s");

    /** Silence in a tunnel. */
    public static final Setting<Duration> IDLE_TIMEOUT = define(WAITING, "--idle-timeout", "idle_timeout")
            .takes("DURATION")
            .means("Close a tunnel that carries nothing for DURATION; one that did not is idle when the proxy stops.")
            .as(Texts::timeout, TimeoutOptions.defaults().idle(), TimeoutOptions.DEFAULT_IDLE_HOURS + "h");

    /** Stopping. */
    public static final Setting<Duration> EXIT_TIMEOUT = define(WAITING, "--exit-timeout", "exit_timeout")
            .takes("DURATION")
            .means("After the signal to stop, wait at most DURATION for tunnels to close or become idle.")
            .as(Texts::time, Duration.ofMinutes(500), "500m");

    private ConnectSettings() {}

    static List<Setting<?>> all() {
        return List.of(
                NETWORK,
                RESOLVER_ADDRESSES,
                DNS_CACHE_ENTRIES,
                MAX_IDLE,
                MAX_IDLE_PER_HOST,
                ADD_SERVER_IP_HEADER,
                CONNECT_TIMEOUT,
                DNS_TIMEOUT,
                READ_HEADER_TIMEOUT,
                READ_TIMEOUT,
                WRITE_TIMEOUT,
                KEEP_ALIVE_TIMEOUT,
                RESPONSE_TIMEOUT,
                IDLE_TIMEOUT,
                EXIT_TIMEOUT);
    }
}
