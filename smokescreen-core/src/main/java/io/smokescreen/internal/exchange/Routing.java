package io.smokescreen.internal.exchange;

import io.netty.channel.EventLoop;
import io.smokescreen.api.Destination;
import io.smokescreen.api.RequestContext;
import io.smokescreen.internal.address.VettedAddress;
import io.smokescreen.internal.address.VettingResult;
import io.smokescreen.internal.address.VettingRules;
import io.smokescreen.internal.policy.GuardedNextHopSelector;
import io.smokescreen.internal.policy.NextHopSelection;
import io.smokescreen.internal.request.Request;
import io.smokescreen.internal.upstream.Route;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The stages between the decision and the dial: which way, then the addresses of the destination, then those of the next hop if
 * there is one. Whoever connects first, all of them are vetted. {@link DryRun} has the same order. Event loop only.
 */
final class Routing {

    private final Stages stages;
    private final EventLoop loop;
    private final Steps steps;
    private final Account account;
    private final VettingRules rules;
    private final Consumer<Rejection> otherwise;

    /**
     * @param rules what the destination's addresses are judged by
     * @param otherwise told why there is no way
     */
    Routing(
            Stages stages,
            EventLoop loop,
            Steps steps,
            Account account,
            VettingRules rules,
            Consumer<Rejection> otherwise) {
        this.stages = stages;
        this.loop = loop;
        this.steps = steps;
        this.account = account;
        this.rules = rules;
        this.otherwise = otherwise;
    }

    /** Finds the way of a request that is allowed. */
    void find(Request request, Consumer<Way> next) {
        GuardedNextHopSelector selector = stages.nextHops().selector();
        if (selector == null) {
            selected(request, NextHopSelection.NONE, next);
            return;
        }
        RequestContext context = account.context().orElseThrow();
        steps.ask(
                () -> selector.ask(context), NextHopSelection.FAILED, selection -> selected(request, selection, next));
    }

    private void selected(Request request, NextHopSelection selection, Consumer<Way> next) {
        account.nextHopSelected(selection);
        if (selection.failed()) {
            otherwise.accept(Rejections.selectorFailed(request));
            return;
        }
        Optional<ChosenHop> hop = stages.nextHops().choose(selection, request);
        vet(request.destination(), rules, result -> {
            account.vetted(request.destination().host(), result);
            if (result instanceof VettingResult.Vetted vetted) {
                hop.ifPresentOrElse(
                        chosen -> vetHop(request, chosen, vetted.addresses(), next),
                        () -> next.accept(direct(request, vetted.addresses())));
            }
            Rejections.of(request, result).ifPresent(otherwise);
        });
    }

    private void vetHop(Request request, ChosenHop hop, List<VettedAddress> destination, Consumer<Way> next) {
        vet(hop.hop().address(), hop.rules(rules), result -> {
            account.nextHopVetted(hop.hop().address().host(), result);
            if (result instanceof VettingResult.Vetted vetted) {
                next.accept(through(request, new Route.Via(hop.hop(), vetted.addresses()), destination));
            }
            Rejections.ofNextHop(request, hop.hop(), result).ifPresent(otherwise);
        });
    }

    private void vet(Destination destination, VettingRules by, Consumer<VettingResult> next) {
        steps.begin(() -> stages.vetting().vet(destination, by, loop, result -> steps.run(() -> next.accept(result))));
    }

    private Way direct(Request request, List<VettedAddress> addresses) {
        return new Way(
                new Route.Direct(addresses),
                stages.nextHops().purpose(request, false),
                request.destination().toString());
    }

    private Way through(Request request, Route.Via route, List<VettedAddress> destination) {
        String connectTo = stages.nextHops().vettedAddressSent()
                ? destination.get(0).authority()
                : request.destination().toString();
        return new Way(route, stages.nextHops().purpose(request, true), connectTo);
    }
}
