package io.smokescreen.cli.config;

import static io.smokescreen.cli.config.Setting.define;
import static io.smokescreen.cli.config.Topic.LISTENING;

import io.smokescreen.SmokescreenBuilder;
import io.smokescreen.Transport;
import java.util.List;
import java.util.Optional;

/** Where and how clients connect. */
public final class ListenSettings {

    /** Address to listen on. */
    public static final Setting<String> IP = define(LISTENING, "--listen-ip", "ip")
            .takes("IP")
            .means(
                    "Listen on the interface with address IP. Ignored when the socket is handed over (Einhorn, systemd).")
            .as(Texts::some, SmokescreenBuilder.DEFAULT_LISTEN_IP, "any");

    /** Port to listen on. */
    public static final Setting<Integer> PORT = define(LISTENING, "--listen-port", "port")
            .takes("PORT")
            .means("Listen on port PORT; 0 takes a free one and logs it. Ignored when the socket is handed over.")
            .as(
                    Texts::listenPort,
                    SmokescreenBuilder.DEFAULT_LISTEN_PORT,
                    String.valueOf(SmokescreenBuilder.DEFAULT_LISTEN_PORT));

    /** Whether connections begin with a PROXY protocol header. */
    public static final Setting<Boolean> PROXY_PROTOCOL = define(
                    LISTENING, "--proxy-protocol", "support_proxy_protocol")
            .means("Require a PROXY protocol header (v1 or v2) at the start of every connection.")
            .asSwitch(false);

    /** PROXY protocol, more finely. */
    public static final Setting<Optional<ProxyProtocolMode>> PROXY_PROTOCOL_MODE = define(
                    LISTENING, "--proxy-protocol-mode", "proxy_protocol")
            .takes("MODE")
            .means("'off', 'optional' (connections without a header are taken too) or 'required'.")
            .asOptional(Texts.constant(ProxyProtocolMode.class), "what --proxy-protocol says");

    /** Who may send a PROXY protocol header. */
    public static final Setting<List<String>> PROXY_PROTOCOL_TRUSTED_RANGES = define(
                    LISTENING, "--proxy-protocol-trusted-range", "proxy_protocol_trusted_ranges")
            .takes("RANGE")
            .means("Take PROXY protocol headers from RANGE only; a header from elsewhere ends the connection.")
            .asList(Texts::some, "everyone");

    /** Event loops. */
    public static final Setting<Integer> EVENT_LOOP_THREADS = define(
                    LISTENING, "--event-loop-threads", "event_loop_threads")
            .takes("NUMBER")
            .means("Use NUMBER threads for all connections; 0 is one for each processor.")
            .as(
                    Texts.count(0, 1024),
                    SmokescreenBuilder.DEFAULT_EVENT_LOOP_THREADS,
                    String.valueOf(SmokescreenBuilder.DEFAULT_EVENT_LOOP_THREADS));

    /** How sockets are driven. */
    public static final Setting<Transport> TRANSPORT = define(LISTENING, "--transport", "transport")
            .takes("TRANSPORT")
            .means("Drive sockets by 'epoll', 'nio' or, with 'auto', by epoll where it loads.")
            .as(Texts.constant(Transport.class), Transport.AUTO, "auto");

    private ListenSettings() {}

    static List<Setting<?>> all() {
        return List.of(
                IP,
                PORT,
                PROXY_PROTOCOL,
                PROXY_PROTOCOL_MODE,
                PROXY_PROTOCOL_TRUSTED_RANGES,
                EVENT_LOOP_THREADS,
                TRANSPORT);
    }
}
