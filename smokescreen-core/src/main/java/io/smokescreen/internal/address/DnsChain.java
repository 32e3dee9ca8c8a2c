package io.smokescreen.internal.address;

import io.netty.channel.AddressedEnvelope;
import io.netty.handler.codec.dns.DefaultDnsQuestion;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponse;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.resolver.dns.DnsNameResolverTimeoutException;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Asks one server for one type of record, and follows aliases until there are addresses or there is nothing. Each question
 * goes out from a port of its own. Event loop only.
 */
final class DnsChain {

    /** The longest chain of aliases that is followed. */
    static final int MAX_ALIASES = 16;

    private final DnsClient client;
    private final InetSocketAddress server;
    private final DnsRecordType type;
    private final Consumer<Outcome> done;
    private final Set<String> seen = new HashSet<>();
    private long ttlSeconds = Long.MAX_VALUE;
    private @Nullable Future<?> question;

    DnsChain(DnsClient client, InetSocketAddress server, DnsRecordType type, Consumer<Outcome> done) {
        this.client = client;
        this.server = server;
        this.type = type;
        this.done = done;
    }

    void ask(String name) {
        seen.add(name);
        Future<AddressedEnvelope<DnsResponse, InetSocketAddress>> asked =
                client.ask(server, new DefaultDnsQuestion(name, type));
        question = asked;
        asked.addListener((Future<AddressedEnvelope<DnsResponse, InetSocketAddress>> answered) -> {
            if (answered.isCancelled()) {
                return;
            }
            if (!answered.isSuccess()) {
                boolean late = answered.cause() instanceof DnsNameResolverTimeoutException;
                done.accept(Outcome.none(late ? Status.TIMED_OUT : Status.SERVER_FAILED));
                return;
            }
            answered(name, answered.getNow());
        });
    }

    /** Closes the socket. The outcome is not told any more. */
    void cancel() {
        if (question != null) {
            question.cancel(false);
        }
    }

    private void answered(String name, AddressedEnvelope<DnsResponse, InetSocketAddress> envelope) {
        DnsAnswer answer;
        try {
            DnsResponseCode code = envelope.content().code();
            if (!code.equals(DnsResponseCode.NOERROR)) {
                boolean unknown = code.equals(DnsResponseCode.NXDOMAIN);
                done.accept(Outcome.none(unknown ? Status.NO_SUCH_HOST : Status.SERVER_FAILED));
                return;
            }
            answer = DnsAnswer.read(envelope.content(), type);
        } finally {
            envelope.release();
        }
        follow(name, answer);
    }

    private void follow(String asked, DnsAnswer answer) {
        String name = asked;
        DnsAnswer.Addresses addresses = answer.addressesOf(name);
        while (addresses == null) {
            DnsAnswer.Alias alias = answer.aliasOf(name);
            if (alias == null) {
                break;
            }
            if (!seen.add(alias.target()) || seen.size() > MAX_ALIASES + 1) {
                done.accept(Outcome.none(Status.BAD_ALIASES));
                return;
            }
            name = alias.target();
            ttlSeconds = Math.min(ttlSeconds, alias.ttlSeconds());
            addresses = answer.addressesOf(name);
        }
        if (addresses != null) {
            long ttl = Math.min(ttlSeconds, addresses.ttlSeconds());
            done.accept(new Outcome(Status.FOUND, addresses.list(), ttl));
            return;
        }
        if (name.equals(asked)) {
            done.accept(Outcome.none(Status.NO_SUCH_HOST));
            return;
        }
        ask(name);
    }

    /** What came of it. */
    enum Status {
        /** There are addresses. */
        FOUND,
        /** The server says there is no such name, or that it has no such records. */
        NO_SUCH_HOST,
        /** Aliases that go round or on and on. */
        BAD_ALIASES,
        /** The server answered with an error, or could not be sent to. Another one may know. */
        SERVER_FAILED,
        /** No answer. Another server may give one. */
        TIMED_OUT;

        boolean isFinal() {
            return this != SERVER_FAILED && this != TIMED_OUT;
        }
    }

    /**
     * What came of it, with the addresses.
     *
     * @param status how it ended
     * @param addresses the addresses, empty unless found
     * @param ttlSeconds how long they hold, aliases considered
     */
    record Outcome(Status status, List<InetAddress> addresses, long ttlSeconds) {

        static Outcome none(Status status) {
            return new Outcome(status, List.of(), 0);
        }
    }
}
