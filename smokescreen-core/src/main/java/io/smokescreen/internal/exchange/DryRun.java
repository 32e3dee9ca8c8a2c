package io.smokescreen.internal.exchange;

import static java.util.Objects.requireNonNull;
import static java.util.concurrent.CompletableFuture.completedFuture;

import io.smokescreen.api.AclDecision;
import io.smokescreen.api.AddressVerdict;
import io.smokescreen.api.ClientRequest;
import io.smokescreen.api.Destination;
import io.smokescreen.api.RequestContext;
import io.smokescreen.internal.address.JudgedAddress;
import io.smokescreen.internal.address.VettingResult;
import io.smokescreen.internal.policy.AclOutcome;
import io.smokescreen.internal.policy.GuardedRequestGate;
import io.smokescreen.internal.policy.RoleOutcome;
import io.smokescreen.internal.request.Malformed;
import io.smokescreen.internal.request.ParseResult;
import io.smokescreen.internal.request.Request;
import io.smokescreen.internal.request.TargetParser;
import java.net.InetSocketAddress;
import java.util.Collections;
import java.util.LinkedHashMap;
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
    private final Advisers advisers;

    public DryRun(Ruleset rules, Hooks hooks, Advisers advisers) {
        this.rules = requireNonNull(rules, "rules");
        this.hooks = requireNonNull(hooks, "hooks");
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
     * @param addresses what the filter said of each address, as far as they are known
     */
    public record Result(
            boolean allowed,
            String code,
            String reason,
            Optional<AclDecision> acl,
            Map<InetSocketAddress, AddressVerdict> addresses) {}

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
                : gate(request, role, decision).thenCompose(gated -> gated(request, decision, gated));
    }

    private CompletionStage<Optional<Rejection>> gate(Request request, Optional<String> role, AclDecision decision) {
        GuardedRequestGate gate = hooks.gate();
        if (gate == null) {
            return completedFuture(Optional.empty());
        }
        ClientRequest asked = new ClientRequest(
                request.method().name(), request.destination(), request.headerView(), NOBODY, List.of());
        RequestContext context = new RequestContext(ID, asked, role, Optional.of(decision), Optional.empty());
        return advisers.gate(gate, context).thenApply(outcome -> Decisions.gateRefusal(outcome, request.authority()));
    }

    private CompletionStage<Result> gated(Request request, AclDecision decision, Optional<Rejection> refusal) {
        return refusal.isPresent()
                ? refused(refusal.get(), Optional.of(decision))
                : advisers.vet(request.destination(), rules.addresses())
                        .thenApply(vetted -> vetted(request, decision, vetted));
    }

    private static Result vetted(Request request, AclDecision decision, Optional<VettingResult> result) {
        Map<InetSocketAddress, AddressVerdict> addresses = byAddress(
                request.destination(), result.map(VettingResult::judged).orElse(List.of()));
        Optional<AclDecision> acl = Optional.of(decision);
        if (result.isPresent() && result.get() instanceof VettingResult.Denied denied) {
            return refused(Rejections.of(request, denied), acl, addresses);
        }
        if (result.isPresent() && result.get() instanceof VettingResult.ResolutionFailed failed) {
            return refused(Rejections.of(failed), acl, addresses);
        }
        return new Result(true, ALLOWED, decision.reason(), acl, addresses);
    }

    private static Map<InetSocketAddress, AddressVerdict> byAddress(
            Destination destination, List<JudgedAddress> judged) {
        Map<InetSocketAddress, AddressVerdict> verdicts = new LinkedHashMap<>();
        judged.forEach(each -> verdicts.put(new InetSocketAddress(each.address(), destination.port()), each.verdict()));
        return Collections.unmodifiableMap(verdicts);
    }

    /** As {@link Exchange} answers a fault of the proxy itself. */
    private static Result internalError(Throwable cause) {
        LOG.error("Internal error in a dry run", cause);
        return refused(Rejections.internalError(), Optional.empty(), Map.of());
    }

    private static CompletionStage<Result> refused(Rejection rejection, Optional<AclDecision> acl) {
        return completedFuture(refused(rejection, acl, Map.of()));
    }

    private static Result refused(
            Rejection rejection, Optional<AclDecision> acl, Map<InetSocketAddress, AddressVerdict> addresses) {
        return new Result(false, rejection.kind().code(), rejection.message(), acl, addresses);
    }
}
