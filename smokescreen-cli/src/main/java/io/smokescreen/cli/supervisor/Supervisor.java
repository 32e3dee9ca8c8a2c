package io.smokescreen.cli.supervisor;

import java.util.Map;
import java.util.Optional;

/**
 * Who started this process. It may hand over the socket to listen on, and is told what the proxy does.
 *
 * <p>Thread safety: call it from one thread at a time, none of an event loop; each call waits at most a few seconds.
 */
public interface Supervisor extends AutoCloseable {

    /**
     * Finds out from the environment who started this process: {@code EINHORN_MASTER_PID}, else {@code LISTEN_PID} and
     * {@code NOTIFY_SOCKET}. What was meant for another process, a parent for example, is not followed.
     *
     * @param environment the variables of this process
     * @param self this process
     * @return Einhorn, systemd, or one that hands over nothing and hears nothing
     * @throws io.smokescreen.api.ConfigurationException if the variables contradict each other or are malformed
     */
    static Supervisor detect(Map<String, String> environment, ProcessHandle self) {
        Variables variables = new Variables(environment);
        Optional<Supervisor> einhorn = EinhornWorker.detect(variables, self);
        return einhorn.orElseGet(() -> SystemdService.detect(variables, self));
    }

    /** {@return the socket to listen on instead of an address of one's own} */
    Optional<InheritedListener> listener();

    /**
     * Says that the proxy listens.
     *
     * @param status what to show to people, one line
     * @throws io.smokescreen.api.SmokescreenException if a supervisor that waits for this cannot be told
     */
    void ready(String status);

    /** Says that rules and certificates are being read again; {@link #ready} must follow, whatever comes of it. */
    void reloading();

    /** Says that the proxy accepts nothing more. */
    void stopping();

    @Override
    void close();
}
