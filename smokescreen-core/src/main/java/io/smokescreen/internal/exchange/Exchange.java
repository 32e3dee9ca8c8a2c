package io.smokescreen.internal.exchange;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.smokescreen.api.AclRequest;
import io.smokescreen.api.ClientRequest;
import io.smokescreen.api.Host;
import io.smokescreen.internal.address.Cancellable;
import io.smokescreen.internal.address.VettedAddress;
import io.smokescreen.internal.address.VettingResult;
import io.smokescreen.internal.policy.AclOutcome;
import io.smokescreen.internal.policy.RoleOutcome;
import io.smokescreen.internal.relay.Tunnel;
import io.smokescreen.internal.request.Malformed;
import io.smokescreen.internal.request.NextHop;
import io.smokescreen.internal.request.NotProxyRequest;
import io.smokescreen.internal.request.ParseResult;
import io.smokescreen.internal.request.Request;
import io.smokescreen.internal.request.RequestParser;
import io.smokescreen.internal.track.OpenConnection;
import io.smokescreen.internal.upstream.DialResult;
import io.smokescreen.internal.upstream.DialResult.Connected;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One request, from its head to its end. The stages stand in the order in which a request walks through them; each takes
 * what only the stage before can make. Event loop only.
 */
final class Exchange {

    private final Stages stages;
    private final ExchangeHandler client;
    private final Channel channel;
    private final EventLoop loop;
    private final Account account;
    private final Ruleset rules;

    private Cancellable pending = Cancellable.DONE;
    private @Nullable Forwarding forwarding;
    private boolean over;
    private boolean answered;

    /** A request whose client is known. */
    private record Identified(Request request, Optional<String> role) {}

    /** A request that the ACL allows. */
    private record Authorized(Request request, Optional<String> role) {}

    Exchange(Stages stages, ExchangeHandler client) {
        this.stages = stages;
        this.client = client;
        this.channel = client.channel();
        this.loop = channel.eventLoop();
        this.account = new Account(stages.tracker(), client.identity());
        this.rules = stages.rules().get();
    }

    // ---------------------------------------------------------------------------------------------- parse

    void begin(HttpRequest head) {
        client.encoder().answering(head.method());
        account.asked(head.method());
        ParseResult parsed = RequestParser.parse(head);
        if (parsed instanceof Request request) {
            identify(request);
        } else if (parsed instanceof NotProxyRequest direct) {
            answerDirect(direct);
        } else if (parsed instanceof Malformed malformed) {
            refuse(Rejections.of(malformed), null);
        }
    }

    private void answerDirect(NotProxyRequest direct) {
        if (direct.isHealthCheck()) {
            answered = true;
            channel.writeAndFlush(HealthResponse.of(!stages.draining().getAsBoolean()));
            client.finishAndClose();
            return;
        }
        refuse(Rejections.notAProxyRequest(), null);
    }

    // ------------------------------------------------------------------------------------------- identify

    private void identify(Request request) {
        account.requested(request);
        ClientRequest question = client.identity().asking(request);
        ask(() -> stages.roles().role(question), RoleOutcome.FAILED, outcome -> identified(request, outcome));
    }

    private void identified(Request request, RoleOutcome outcome) {
        account.identified(outcome.role());
        Optional<Rejection> refusal = rules.decisions().roleRefusal(outcome, request.authority());
        if (refusal.isPresent()) {
            refuse(refusal.get(), request);
            return;
        }
        decide(new Identified(request, outcome.role()));
    }

    // --------------------------------------------------------------------------------------------- decide

    private void decide(Identified identified) {
        Request request = identified.request();
        Optional<Host> nextHop = request.nextHop().flatMap(NextHop::tryParse);
        if (request.nextHop().isPresent() && nextHop.isEmpty()) {
            refuse(Rejections.nextHopInvalid(request), request);
            return;
        }
        AclRequest question = new AclRequest(identified.role(), request.destination(), nextHop);
        ask(() -> rules.decisions().decide(question), AclOutcome.FAILED, outcome -> decided(identified, outcome));
    }

    private void decided(Identified identified, AclOutcome outcome) {
        Request request = identified.request();
        account.decided(outcome);
        Optional<Rejection> refusal =
                rules.decisions().aclRefusal(outcome, request.nextHop().isPresent(), request.authority());
        if (refusal.isPresent()) {
            refuse(refusal.get(), request);
            return;
        }
        account.allowed();
        vet(new Authorized(request, identified.role()));
    }

    // ------------------------------------------------------------------------------------------------ vet

    private void vet(Authorized authorized) {
        begin(() -> stages.vetting()
                .vet(
                        authorized.request().destination(),
                        rules.addresses(),
                        loop,
                        result -> step(() -> vetted(authorized, result))));
    }

    private void vetted(Authorized authorized, VettingResult result) {
        Request request = authorized.request();
        account.vetted(request.destination().host(), result);
        if (result instanceof VettingResult.Vetted vetted) {
            connect(authorized, vetted.addresses());
        } else if (result instanceof VettingResult.Denied denied) {
            refuse(Rejections.of(request, denied), request);
        } else if (result instanceof VettingResult.ResolutionFailed failed) {
            refuse(Rejections.of(failed), request);
        }
    }

    // ----------------------------------------------------------------------------------------------- dial

    private void connect(Authorized authorized, List<VettedAddress> addresses) {
        Request request = authorized.request();
        account.dialing();
        if (request.isConnect()) {
            dial(addresses, this::openTunnel, request);
            return;
        }
        forwarding =
                new Forwarding(stages, this, client, request, authorized.role().orElse(""), addresses);
        forwarding.start();
    }

    /** Connects to the first of these addresses that answers, or refuses the request. */
    void dial(List<VettedAddress> addresses, Consumer<Connected> then, Request request) {
        begin(() -> stages.dialer().dial(addresses, loop, result -> {
            if (over && result instanceof Connected late) {
                late.channel().close();
            }
            step(() -> dialed(result, then, request));
        }));
    }

    private void dialed(DialResult result, Consumer<Connected> then, Request request) {
        account.dialed(result);
        if (result instanceof Connected connected) {
            handOver(connected, then);
        } else if (result instanceof DialResult.Failed failed) {
            refuse(Rejections.of(failed), request);
        }
    }

    /** Until somebody looks after the channel, nobody would notice if it were forgotten. */
    private static void handOver(Connected connected, Consumer<Connected> then) {
        try {
            then.accept(connected);
        } catch (RuntimeException | Error e) {
            Tunnel.reset(connected.channel());
            throw e;
        }
    }

    // ---------------------------------------------------------------------------------------------- relay

    private void openTunnel(Connected connected) {
        Channel destination = connected.channel();
        OpenConnection connection = account.opened(destination);
        account.writeDecision();
        over = true;
        // Written past the encoder, which is about to leave the pipeline.
        channel.pipeline().context(client.encoder()).writeAndFlush(TunnelResponse.established(), channel.voidPromise());
        client.becomeTunnel(destination, connection);
    }

    /** The origin switched protocols: the rest is bytes. */
    void switchToTunnel(Channel destination) {
        over = true;
        client.becomeTunnel(destination, OpenConnection.of(destination));
    }

    /** The response is complete and out. */
    void finish(boolean keepClient) {
        over = true;
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

    /** Answers with a refusal. {@code request} is null where there is no well-formed one. */
    void refuse(Rejection rejection, @Nullable Request request) {
        over = true;
        answered = true;
        account.refused(rejection);
        new Refusal(stages, client).answer(rejection, request, forwarding);
    }

    /** A fault of the proxy itself: the client learns that there was one, the log learns which. */
    void internalError(Throwable cause) {
        account.internalError(cause);
        pending.cancel();
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
        if (over) {
            return;
        }
        over = true;
        pending.cancel();
        if (forwarding != null) {
            forwarding.abandon("the client left");
        }
        account.failed("the client left before the exchange was over");
    }

    /** Part of the response is out and the rest will never come, which the client must notice. */
    void cut() {
        over = true;
        client.over();
        Tunnel.reset(channel);
    }

    Account account() {
        return account;
    }

    /** Begins what can be cancelled. It may lead to the next stage at once, which is then what is to be cancelled. */
    private void begin(Supplier<Cancellable> work) {
        Cancellable before = pending;
        Cancellable begun = work.get();
        if (pending == before) {
            pending = begun;
        }
    }

    private <T> void ask(Supplier<T> question, T late, Consumer<T> next) {
        stages.policyCalls().ask(loop, question, late, answer -> step(() -> next.accept(answer)));
    }

    /** Runs a stage that an asynchronous answer leads to, unless the client has left meanwhile. */
    private void step(Runnable stage) {
        if (over) {
            return;
        }
        try {
            stage.run();
        } catch (Throwable e) {
            // An Error too: whoever called back would swallow it, and the client would wait for ever.
            internalError(e);
        }
    }
}
