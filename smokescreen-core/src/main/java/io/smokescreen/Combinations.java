package io.smokescreen;

/** Which settings of a builder exclude each other. */
final class Combinations {

    private Combinations() {}

    /**
     * Checks all of them.
     *
     * @throws IllegalStateException if two settings exclude each other
     */
    static void check(SmokescreenBuilder builder) {
        refuse(
                builder.addressFilter != null && builder.addressRules != AddressRules.defaults(),
                "addressFilter cannot be combined with addressRules: a filter replaces the rules"
                        + " (call AddressRules.toFilter() inside the filter to use both)");
        refuse(
                builder.listenDescriptor != null
                        && !builder.listenAddress.equals(SmokescreenBuilder.DEFAULT_LISTEN_ADDRESS),
                "listen cannot be combined with listenOnDescriptor: the descriptor has an address already");
        refuse(
                builder.rulesSource != null && !builder.fixedRules().equals(Rules.defaults()),
                "rules cannot be combined with aclPolicy, addressRules or tls: a source loads all of them"
                        + " (set them on the Rules that it returns)");
        refuse(
                builder.socketDialer != null && builder.transport == Transport.EPOLL,
                "socketDialer cannot be combined with the transport EPOLL, which cannot drive channels of the JDK"
                        + " (expected AUTO or NIO)");
        refuse(
                builder.socketDialer != null && builder.listenDescriptor != null,
                "socketDialer cannot be combined with listenOnDescriptor: the one needs the transport NIO, the other"
                        + " EPOLL");
    }

    private static void refuse(boolean excluded, String message) {
        if (excluded) {
            throw new IllegalStateException(message);
        }
    }
}
