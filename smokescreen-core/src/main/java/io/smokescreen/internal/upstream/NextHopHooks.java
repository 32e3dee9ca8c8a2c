package io.smokescreen.internal.upstream;

import io.smokescreen.api.NextHopConnectHook;
import io.smokescreen.api.NextHopTlsHook;

/**
 * What the application has to say of connections to next hops.
 *
 * @param connect adds fields to a CONNECT
 * @param tls changes the parameters of TLS
 */
public record NextHopHooks(NextHopConnectHook connect, NextHopTlsHook tls) {

    /** What has nothing to say. */
    public static final NextHopHooks NONE = new NextHopHooks(NextHopConnectHook.none(), NextHopTlsHook.none());
}
