package io.smokescreen;

/** How sockets are driven. */
public enum Transport {
    /** The native one of the platform where it loads, else {@link #NIO}. The default. */
    AUTO,
    /** The JDK's. Works everywhere, also where native code cannot be unpacked. */
    NIO,
    /** Linux epoll; starting fails where it does not load. */
    EPOLL
}
