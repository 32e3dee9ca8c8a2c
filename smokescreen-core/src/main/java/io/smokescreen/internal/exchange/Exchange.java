package io.smokescreen.internal.exchange;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.smokescreen.api.AclRequest;
import io.smokescreen.api.ClientRequest;
import io.smokescreen.api.HealthCheck;
import io.smokescreen.api.MitmSettings;
import io.smokescreen.internal.limit.Admission;
import io.smokescreen.internal.limit.Admission.Admitted;
import io.smokescreen.internal.limit.Permit;
import io.smokescreen.internal.mitm.MitmCertificates;
import io.smokescreen.internal.policy.AclOutcome;
import io.smokescreen.internal.policy.RoleOutcome;
import io.smokescreen.internal.relay.Tunnel;
import io.smokescreen.internal.request.Malformed;
import io.smokescreen.internal.request.NotProxyRequest;
import io.smokescreen.internal.request.ParseResult;
import io.smokescreen.internal.request.Request;
import io.smokescreen.internal.request.RequestParser;
import io.smokescreen.internal.track.OpenConnection;
import io.smokescreen.internal.upstream.DialResult.Connected;
import io.smokescreen.internal.upstream.Order;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One request, from its head to its end. The stages stand in the order in which a request walks through them; each takes
 * what only the stage before can make. Event loop only.
 */
final class Exchange {

    private final Stages stages;
    private final ExchangeHandler client;
    private final Channel channel;
    private final @Nullable Interception inside;
    private final Account account;
    private final Ruleset rules;
    private final Steps steps;

    private Permit requestPermit = Permit.NONE;
    private Permit tunnelPermit = Permit.NONE;
    private @Nullable Forwarding forwarding;
    private boolean answered;

    /** A request whose client is known. */
    private record Identified(Request request, Optional<String> role) {}

    /** A request that ACL and gate allow, and whether the tunnel it asks for is looked into. */
    private record Authorized(Request request, Optional<String> role, boolean intercepted) {}

    Exchange(Stages stages, ExchangeHandler client) {
        this.stages = stages;
        this.client = client;
        this.channel = client.channel();
        this.inside = client.interception();
        this.account = new Account(stages.tracker(), client.identity(), inside);
        this.rules = stages.rules().get();
        this.steps = new Steps(stages.policyCalls(), channel.eventLoop(), this::internalError);
    }

    // ---------------------------------------------------------------------------------------------- admit

    void begin(HttpRequest head) {
        client.encoder().answering(head.method());
        account.asked(head.method());
        ParseResult parsed =
                inside == null ? RequestParser.parse(head) : RequestParser.parseInner(head, inside.destination());
        if (parsed instanceof NotProxyRequest direct && direct.isHealthCheck()) {
            answerHealthCheck(); // a supervisor asks, who must not take a busy proxy for a dead one
            return;
        }
        Admission admission = stages.limits().admit();
        if (admission instanceof Admitted admitted) {
            requestPermit = admitted.permit();
            parsed(parsed);
        } else if (admission instanceof Admission.Refused refused) {
            Request request = parsed instanceof Request wellFormed ? wellFormed : null;
            if (request != null) {
                account.requested(request);
            }
            refuse(Rejections.of(refused), request);
        }
    }

    private void answerHealthCheck() {
        answered = true;
        HealthCheck.Answer answer = stages.healthCheck().check(stages.draining().getAsBoolean());
        channel.writeAndFlush(HealthResponse.of(answer, channel.alloc()));
        client.finishAndClose();
    }

    // ---------------------------------------------------------------------------------------------- parse

    private void parsed(ParseResult parsed) {
        if (parsed instanceof Request sent) {
            Request request = inside == null ? sent : sent.orThrough(inside.nextHop());
            account.requested(request);
            identify(request);
        } else if (parsed instanceof NotProxyRequest) {
            refuse(Rejections.notAProxyRequest(), null);
        } else if (parsed instanceof Malformed malformed) {
            refuse(Rejections.of(malformed), null);
        }
    }

    // ------------------------------------------------------------------------------------------- identify

    private void identify(Request request) {
        if (inside != null) {
            identified(request, RoleOutcome.of(inside.role()));
            return;
        }
        ClientRequest question = account.clientRequest();
        steps.askLater(() -> rules.roles().role(question), RoleOutcome.FAILED, outcome -> identified(request, outcome));
    }

    private void identified(Request request, RoleOutcome outcome) {
        account.identified(outcome.role());
        if (!refused(rules.decisions().roleRefusal(outcome, request.authority()), request)) {
            decide(new Identified(request.without(rules.roles().ownHeaders()), outcome.role()));
        }
    }

    // --------------------------------------------------------------------------------------------- decide

    private void decide(Identified identified) {
        Request request = identified.request();
        if (refused(Decisions.nextHopRefusal(request), request)) {
            return;
        }
        AclRequest question = Decisions.question(request, identified.role());
        steps.ask(() -> rules.decisions().decide(question), AclOutcome.FAILED, outcome -> decided(identified, outcome));
    }

    private void decided(Identified identified, AclOutcome outcome) {
        Request request = identified.request();
        account.decided(outcome);
        if (!refused(rules.decisions().aclRefusal(outcome, request), request)) {
            gate(identified, outcome.decision().mitm());
        }
    }

    private void gate(Identified identified, Optional<MitmSettings> mitm) {
        Request request = identified.request();
        new Gating(stages.hooks(), steps, account).ask(request.authority(), refusal -> {
            if (!refused(refusal, request)) {
                account.allowed();
                boolean intercepted = request.isConnect() && mitm.isPresent();
                route(new Authorized(inspected(request, mitm), identified.role(), intercepted));
            }
        });
    }

    /**
     * What a rule asks for a host to look into is done wherever the proxy sees requests to it, not only inside of tunnels. Fields
     * are for TLS alone: they may hold what nobody on the way is to read.
     */
    private Request inspected(Request request, Optional<MitmSettings> mitm) {
        if (request.isConnect() || mitm.isEmpty()) {
            return request;
        }
        account.inspected(request, mitm.get());
        return request.isSecure() ? request.with(mitm.get().addHeaders()) : request;
    }

    // ------------------------------------------------------------------------------------------ route, vet

    private void route(Authorized authorized) {
        Request request = authorized.request();
        new Routing(stages, channel.eventLoop(), steps, account, rules.addresses(), why -> refuse(why, request))
                .find(request, way -> connect(authorized, way));
    }

    // ------------------------------------------------------------------------------ reserve, dial, relay

    private void connect(Authorized authorized, Way way) {
        Request request = authorized.request();
        if (authorized.intercepted()) {
            intercept(authorized);
            return;
        }
        if (request.isConnect()) {
            new Tunneling(stages, this, client, request, way).start();
            return;
        }
        account.dialing();
        forwarding =
                new Forwarding(stages, this, client, request, authorized.role().orElse(""), way);
        forwarding.start();
    }

    private void intercept(Authorized authorized) {
        Request request = authorized.request();
        MitmCertificates certificates = stages.mitm();
        if (certificates == null) {
            throw new IllegalStateException("a tunnel to be looked into got past the decision"); // see Decisions
        }
        Interception begun =
                new Interception(request.destination(), authorized.role(), request.traceId(), request.nextHop());
        new Intercepting(stages, this, client, request, begun).start(certificates, steps);
    }

    /** Takes a place among the tunnels, or refuses the request. */
    boolean reserveTunnel(Request request) {
        Optional<Permit> reserved = stages.limits().reserveTunnel();
        if (reserved.isEmpty()) {
            refuse(Rejections.tooManyTunnels(), request);
            return false;
        }
        tunnelPermit = reserved.get();
        return true;
    }

    /** Connects that way, or refuses the request. */
    void dial(Way way, Consumer<Connected> then, Request request) {
        Order order = new Order(
                way.route(),
                request.destination(),
                way.purpose(),
                way.connectTo(),
                () -> account.context().orElseThrow());
        new Dialing(stages.connector(), channel.eventLoop(), steps, account)
                .dial(order, then, failed -> refuse(Rejections.of(failed), request));
    }

    /** Both ends are there, or the origin switched protocols: the rest is bytes. */
    void becomeTunnel(Channel destination, OpenConnection connection) {
        answered = true;
        end();
        client.becomeTunnel(destination, connection);
    }

    /**
     * The tunnel's place is taken until the channel closes. Comes before whatever else waits for that, such as the line of its end:
     * who hears of the end finds the place free.
     */
    void holdPlaceUntilClosed(Channel lasting) {
        Permit place = tunnelPermit;
        tunnelPermit = Permit.NONE;
        lasting.closeFuture().addListener(closed -> place.close());
    }

    /** The tunnel is there: its request is in work no more, which the client must not learn before. */
    void tunnelOpens() {
        answered = true;
        end();
    }

    /** The response is complete and out. */
    void finish(boolean keepClient) {
        end();
        if (keepClient) {
            client.next();
        } else {
            client.finishAndClose();
        }
    }

    void requestContent(HttpContent content) {
        if (forwarding != null && !answered) {
            forwarding.requestContent(content);
            return;
        }
        Refusal.drop(content, client);
    }

    void requestReadComplete() {
        if (forwarding != null) {
            forwarding.requestReadComplete();
        }
    }

    void clientWritable() {
        if (forwarding != null) {
            forwarding.clientWritable();
        }
    }

    boolean responseHasBegun() {
        return answered || (forwarding != null && forwarding.responseHasBegun());
    }

    // ------------------------------------------------------------------------------------------- the ends

    /** Answers with the refusal, if there is one. */
    private boolean refused(Optional<Rejection> refusal, Request request) {
        refusal.ifPresent(rejection -> refuse(rejection, request));
        return refusal.isPresent();
    }

    /** Answers with a refusal. {@code request} is null where there is no well-formed one. */
    void refuse(Rejection rejection, @Nullable Request request) {
        end();
        answered = true;
        account.refused(rejection);
        new Refusal(stages, client, account, challenges()).answer(rejection, request, forwarding);
    }

    /** Inside of a tunnel nobody can authenticate any more: the role is that of its CONNECT. */
    private List<String> challenges() {
        return inside == null ? rules.roles().challenges() : List.of();
    }

    /** A fault of the proxy itself: the client learns that there was one, the log learns which. */
    void internalError(Throwable cause) {
        account.internalError(cause);
        steps.cancel();
        if (forwarding != null) {
            forwarding.abandon("internal failure");
        }
        if (responseHasBegun()) {
            cut();
        } else {
            refuse(Rejections.internalError(), null);
        }
    }

    /** The client has left: nothing of its request goes on. */
    void abandon() {
        if (steps.isOver()) {
            return;
        }
        end();
        steps.cancel();
        if (forwarding != null) {
            forwarding.abandon("the client left");
        }
        account.failed("the client left before the exchange was over");
    }

    /** Part of the response is out and the rest will never come, which the client must notice. */
    void cut() {
        end();
        client.over();
        Tunnel.reset(channel);
    }

    Account account() {
        return account;
    }

    /** Nothing more is begun, and what was held is given back. */
    private void end() {
        steps.end();
        tunnelPermit.close();
        requestPermit.close();
    }
}
