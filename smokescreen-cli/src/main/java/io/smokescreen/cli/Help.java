package io.smokescreen.cli;

/** The prose of {@code --help}; the list of flags is made from the settings. */
final class Help {

    static final String SYNOPSIS = "smokescreen [FLAG]...";

    static final String[] DESCRIPTION = {
        "",
        "An egress proxy: clients reach the outside only through it. It knows who asks, whether that role may reach that"
                + " host, and that the address it connects to is a public one."
    };

    static final String[] FOOTER = {
        "",
        "DURATION is one or more numbers with a unit (ms, s, m, h): 10s, 1m30s, 500ms, 1.5h.",
        "RANGE is in CIDR notation: 192.0.2.0/24, 2001:db8::/32.",
        "A value may follow its flag after a blank or after '='. Flags override the config file.",
        "",
        "Examples:",
        "  Anyone on this machine may reach any public address:",
        "    smokescreen --listen-ip 127.0.0.1",
        "    curl --proxy http://127.0.0.1:4750 https://example.com/",
        "  What the ACL says decides, clients without a role get its default rule:",
        "    smokescreen --egress-acl-file acl.yaml --allow-missing-role",
        "  An internal service may be reached although its address is private:",
        "    smokescreen --egress-acl-file acl.yaml --allow-address 10.1.2.3:443",
        "  Everything in a file, one port changed:",
        "    smokescreen --config-file smokescreen.yaml --listen-port 4751",
        "",
        "Log lines go to standard output, errors of the command to standard error.",
        "SIGTERM, SIGINT and SIGUSR2 stop gracefully, a second SIGTERM or SIGINT at once; SIGHUP reloads.",
        "Exit code: 0 after a stop, 1 if a flag, a file or the address to listen on is wrong."
    };

    private Help() {}
}
