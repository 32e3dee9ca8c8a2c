package custom;

import io.smokescreen.Roles;
import io.smokescreen.api.ClientRequest;
import io.smokescreen.cli.SmokescreenCli;
import java.util.Optional;

/** The command with a role function of one's own: all flags, the config file, logs, metrics and signals stay as they are. */
public final class Main {

    private Main() {}

    public static void main(String[] args) {
        System.exit(SmokescreenCli.run(args, builder -> builder.roleExtractor(Main::role)));
    }

    /** The first part of the certificate's organizational unit; what runs on this machine is the role 'local'. */
    private static Optional<String> role(ClientRequest request) {
        return request.certificate()
                .flatMap(Roles::organizationalUnit)
                .map(unit -> unit.split("\\.", 2)[0])
                .or(() -> request.clientAddress().getAddress().isLoopbackAddress()
                        ? Optional.of("local")
                        : Optional.empty());
    }
}
