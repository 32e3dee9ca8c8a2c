package io.smokescreen.cli;

/** The prose of {@code --help}; the lists of flags are made from the settings. */
final class HelpPages {

    static final HelpPage COMMAND = new HelpPage("""
            smokescreen [FLAG]...
              or:  smokescreen check|explain|completion [FLAG]... [ARGUMENT]...""", """
            An egress proxy: clients reach the outside only through it. It knows who asks, whether that role may reach \
            that host, and that the address it connects to is a public one.""", """
            DURATION is one or more numbers with a unit (ms, s, m, h): 10s, 1m30s, 500ms, 1.5h.
            RANGE is in CIDR notation: 192.0.2.0/24, 2001:db8::/32.
            A value may follow its flag after a blank or after '='. Flags override the config file.

            Examples:
              Anyone on this machine may reach any public address:
                smokescreen --listen-ip 127.0.0.1
                curl --proxy http://127.0.0.1:4750 https://example.com/
              What the ACL says decides, clients without a role get its default rule:
                smokescreen --egress-acl-file acl.yaml --allow-missing-role
              An internal service may be reached although its address is private:
                smokescreen --egress-acl-file acl.yaml --allow-address 10.1.2.3:443
              Everything in a file, one port changed:
                smokescreen --config-file smokescreen.yaml --listen-port 4751
              Is all of that right, and what does it amount to?
                smokescreen check --config-file smokescreen.yaml
              What would be answered to a client with that role, and why?
                smokescreen explain --egress-acl-file acl.yaml --role web a.example:443
              Complete flags at this shell's prompt:
                source <(smokescreen completion bash)

            Log lines go to standard output, errors of the command to standard error.
            SIGTERM, SIGINT and SIGUSR2 stop gracefully, a second SIGTERM or SIGINT at once; SIGHUP reloads.
            Exit code: 0 after a stop, 1 if a flag, a file or the address to listen on is wrong.""");

    static final HelpPage CHECK = new HelpPage("smokescreen check [FLAG]...", """
            Check flags, config file and every file they name, and print what a proxy with them would enforce. Nothing \
            is listened on.""", """
            Every flag of the proxy is taken as well, before or after 'check'; 'smokescreen --help' lists them.

            Examples:
              Before a restart or a reload:
                smokescreen check --config-file smokescreen.yaml
              An ACL alone, as a step of a build:
                smokescreen check --egress-acl-file acl.yaml

            Exit code: 0 if all is right, 1 if anything is wrong; one line on standard error then tells what and where.""");

    static final HelpPage EXPLAIN = new HelpPage("smokescreen explain [FLAG]... TARGET...", """
            Tell what the proxy would answer to a request for each TARGET, and why: one JSON object a line. Names are \
            looked up; nothing else is connected to.""", """
            Every flag of the proxy is taken as well, before or after 'explain'; 'smokescreen --help' lists them.

            Examples:
              A tunnel and a plain HTTP request of the role 'web':
                smokescreen explain --config-file smokescreen.yaml --role web \\
                    api.example.com:443 http://example.com/
              What an ACL says of many hosts, without asking DNS:
                smokescreen explain --egress-acl-file acl.yaml --no-dns - < targets

            Fields of a line: target, role, allow (true or false), code ('allowed', or the
            X-Smokescreen-Error-Code of the answer), reason, acl (null if it is not asked;
            result, reason, project, default_rule, matched), addresses (each ip, port,
            allow, verdict), and error if TARGET is none.

            Exit code: 0 if every target is allowed, 3 if one is not, 1 if a flag or a file is wrong.""");

    static final HelpPage COMPLETION = new HelpPage(
            "smokescreen completion SHELL",
            "Print a script that lets a shell complete subcommands, flags and names of files.",
            """
            Examples:
              For this shell, bash or zsh:
                source <(smokescreen completion bash)
              For every bash of this user:
                cd ~/.local/share/bash-completion/completions
                smokescreen completion bash > smokescreen""");

    private HelpPages() {}
}
