/** An application that embeds the proxy. */
module consumer {
    requires io.smokescreen.core;
    requires java.net.http;
    requires jdk.httpserver;
}
