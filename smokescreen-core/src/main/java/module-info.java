/** The embeddable egress proxy. Start at {@link io.smokescreen.Smokescreen#builder()}. */
module io.smokescreen.core {
    requires transitive io.smokescreen.api;
    requires static transitive org.jspecify;
    requires io.github.bucket4j.core;
    requires io.netty.buffer;
    requires io.netty.codec;
    requires io.netty.codec.dns;
    requires io.netty.codec.haproxy;
    requires io.netty.codec.http;
    requires io.netty.common;
    requires io.netty.handler;
    requires io.netty.resolver;
    requires io.netty.resolver.dns;
    requires io.netty.tcnative.classes.openssl;
    requires io.netty.transport;
    requires io.netty.transport.classes.epoll;
    requires io.netty.transport.unix.common;
    requires inet.ipaddr;
    requires jdk.net;
    requires org.bouncycastle.pkix;
    requires org.bouncycastle.provider;
    requires org.slf4j;
    requires org.snakeyaml.engine;

    exports io.smokescreen;
}
