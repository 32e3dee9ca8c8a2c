package io.smokescreen.internal.exchange;

import static java.util.Objects.requireNonNull;
import static java.util.concurrent.CompletableFuture.completedFuture;

import io.smokescreen.api.AclDecision;
import io.smokescreen.api.AddressVerdict;
import io.smokescreen.api.ClientRequest;
import io.smokescreen.api.NextHop;
import io.smokescreen.api.RequestContext;
import io.smokescreen.internal.policy.AclOutcome;
import io.smokescreen.internal.policy.GuardedRequestGate;
import io.smokescreen.internal.policy.RoleOutcome;
import io.smokescreen.internal.request.Malformed;
import io.smokescreen.internal.request.ParseResult;
import io.smokescreen.internal.request.Request;
import io.smokescreen.internal.request.TargetParser;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Walks a request that nobody sent through the stages before the dial, with the same code that real requests walk through:
 * {@link Exchange} has the same stages in the same order.
 *
 * <p>Thread safety: immutable; it runs where its {@link Advisers} want to be asked.
 */
public final class DryRun {

    private static final Logger LOG = LoggerFactory.getLogger(DryRun.class);

    /** The code of a request that would go on to connect. */
    private static final String ALLOWED = "allowed";

    /** The id and the client of a request that nobody sent, for a gate that wants to know. */
    private static final String ID = "dry-run";

    private static final InetSocketAddress NOBODY = new InetSocketAddress(0);

    private final Ruleset rules;
    private final Hooks hooks;
    private final NextHops nextHops;
    private final Advisers advisers;

    public DryRun(Ruleset rules, Hooks hooks, NextHops nextHops, Advisers advisers) {
        this.rules = requireNonNull(rules, "rules");
        this.hooks = requireNonNull(hooks, "hooks");
        this.nextHops = requireNonNull(nextHops, "nextHops");
        this.advisers = requireNonNull(advisers, "advisers");
    }

    /**
     * The request.
     *
     * @param role the client's role; not a usable one, such as the empty string: none
     * @param target {@code host:port} or a URL
     * @param nextHop the proxy it asks to go through; empty: none
     */
    public record Question(String role, String target, String nextHop) {}

    /**
     * What would be answered.
     *
     * @param allowed whether the request would go on to connect
     * @param code the code of the refusal, or {@code allowed}
     * @param reason why
     * @param acl what the ACL decided, if it was asked
     * @param addresses what the filter said of each address of the destination, as far as they are known
     * @param nextHop the next hop, if there is one
     * @param nextHopAddresses what the filter said of each address of the next hop, as far as they are known
     */
    public record Result(
            boolean allowed,
            String code,
            String reason,
            Optional<AclDecision> acl,
            Map<InetSocketAddress, AddressVerdict> addresses,
            Optional<NextHop> nextHop,
            Map<InetSocketAddress, AddressVerdict> nextHopAddresses) {}

    /** {@return the answer; never fails} */
    public CompletionStage<Result> run(Question question) {
        try {
            return parse(question).exceptionally(DryRun::internalError);
        } catch (RuntimeException | Error e) {
            return completedFuture(internalError(e));
        }
    }

    private CompletionStage<Result> parse(Question question) {
        ParseResult parsed = TargetParser.parse(question.target(), question.nextHop());
        if (parsed instanceof Request request) {
            return identify(request, RoleOutcome.of(Optional.of(question.role())));
        }
        Rejection refusal =
                parsed instanceof Malformed malformed ? Rejections.of(malformed) : Rejections.notAProxyRequest();
        return refused(refusal, Optional.empty());
    }

    private CompletionStage<Result> identify(Request request, RoleOutcome role) {
        Optional<Rejection> refusal = rules.decisions().roleRefusal(role, request.authority());
        return refusal.isPresent() ? refused(refusal.get(), Optional.empty()) : decide(request, role);
    }

    private CompletionStage<Result> decide(Request request, RoleOutcome role) {
        Optional<Rejection> refusal = Decisions.nextHopRefusal(request);
        return refusal.isPresent()
                ? refused(refusal.get(), Optional.empty())
                : advisers.decide(rules.decisions(), Decisions.question(request, role.role()))
                        .thenCompose(outcome -> decided(request, role.role(), outcome));
    }

    private CompletionStage<Result> decided(Request request, Optional<String> role, AclOutcome outcome) {
        AclDecision decision = outcome.decision();
        Optional<Rejection> refusal = rules.decisions().aclRefusal(outcome, request);
        return refusal.isPresent()
                ? refused(refusal.get(), Optional.of(decision))
                : allowed(request, contextOf(request, role, decision), decision);
    }

    private static RequestContext contextOf(Request request, Optional<String> role, AclDecision decision) {
        ClientRequest asked = new ClientRequest(
                request.method().name(), request.destination(), request.headerView(), NOBODY, List.of());
        return new RequestContext(ID, asked, role, Optional.of(decision), Optional.empty());
    }

    private CompletionStage<Result> allowed(Request request, RequestContext context, AclDecision decision) {
        GuardedRequestGate gate = hooks.gate();
        return gate == null
                ? gated(request, context, decision, Optional.empty())
                : advisers.gate(gate, context)
                        .thenApply(outcome -> Decisions.gateRefusal(outcome, request.authority()))
                        .thenCompose(refusal -> gated(request, context, decision, refusal));
    }

    private CompletionStage<Result> gated(
            Request request, RequestContext context, AclDecision decision, Optional<Rejection> refusal) {
        return refusal.isPresent()
                ? refused(refusal.get(), Optional.of(decision))
                : new DryRouting(nextHops, rules.addresses(), advisers)
                        .find(request, context)
                        .thenApply(found -> routed(found, decision));
    }

    private static Result routed(DryRouting.Found found, AclDecision decision) {
        return new Result(
                found.refusal().isEmpty(),
                found.refusal().map(each -> each.kind().code()).orElse(ALLOWED),
                found.refusal().map(Rejection::message).orElse(decision.reason()),
                Optional.of(decision),
                found.addresses(),
                found.nextHop(),
                found.nextHopAddresses());
    }

    /** As {@link Exchange} answers a fault of the proxy itself. */
    private static Result internalError(Throwable cause) {
        LOG.error("Internal error in a dry run", cause);
        return result(Rejections.internalError(), Optional.empty());
    }

    private static CompletionStage<Result> refused(Rejection rejection, Optional<AclDecision> acl) {
        return completedFuture(result(rejection, acl));
    }

    private static Result result(Rejection rejection, Optional<AclDecision> acl) {
        return new Result(
                false, rejection.kind().code(), rejection.message(), acl, Map.of(), Optional.empty(), Map.of());
    }
}
