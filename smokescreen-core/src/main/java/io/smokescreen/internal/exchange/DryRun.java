package io.smokescreen.internal.exchange;

import io.smokescreen.api.AclDecision;
import io.smokescreen.api.AclRequest;
import io.smokescreen.api.AddressVerdict;
import io.smokescreen.api.Destination;
import io.smokescreen.api.Host;
import io.smokescreen.internal.address.AddressVetting;
import io.smokescreen.internal.address.GuardedAddressFilter;
import io.smokescreen.internal.address.VettingResult;
import io.smokescreen.internal.exchange.Rejection.Kind;
import io.smokescreen.internal.policy.AclOutcome;
import io.smokescreen.internal.policy.RoleOutcome;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/** Walks a request through the stages that need no socket, with the same code that real requests walk through. */
public final class DryRun {

    private final Decisions decisions;
    private final GuardedAddressFilter addresses;

    public DryRun(Ruleset rules) {
        this.decisions = rules.decisions();
        this.addresses = rules.addresses().filter();
    }

    /**
     * What would be answered.
     *
     * @param allowed whether the request would go on to connect
     * @param code the code of the refusal, or {@code allowed}
     * @param reason why
     * @param acl what the ACL decided, if it was asked
     * @param address what the filter said, where the host is an address
     */
    public record Result(
            boolean allowed, String code, String reason, Optional<AclDecision> acl, Optional<AddressVerdict> address) {}

    /** {@return the answer; never throws for what it is given} */
    public Result run(String role, String host, int port) {
        Optional<Host> parsed = Host.tryParse(host);
        if (parsed.isEmpty() || port < 1 || port > Destination.MAX_PORT) {
            return refused(
                    Rejection.failed(Kind.MALFORMED_REQUEST, "not a host and port"),
                    Optional.empty(),
                    Optional.empty());
        }
        Destination destination = new Destination(parsed.get(), port);
        RoleOutcome identity = RoleOutcome.of(Optional.of(role));
        Optional<Rejection> noRole = decisions.roleRefusal(identity, destination.toString());
        return noRole.map(refusal -> refused(refusal, Optional.empty(), Optional.empty()))
                .orElseGet(() -> decide(new AclRequest(identity.role(), destination, Optional.empty())));
    }

    private Result decide(AclRequest request) {
        AclOutcome outcome = decisions.decide(request);
        Optional<AclDecision> acl = Optional.of(outcome.decision());
        Optional<Rejection> refusal = decisions.aclRefusal(
                outcome, request.nextHop().isPresent(), request.destination().toString());
        return refusal.map(rejection -> refused(rejection, acl, Optional.empty()))
                .orElseGet(() -> judge(request.destination(), outcome.decision()));
    }

    /** Names are not looked up; what {@code localhost} is needs no lookup. */
    private Result judge(Destination destination, AclDecision decision) {
        Optional<InetAddress> literal = destination.host().address();
        List<InetAddress> known = destination.host().isLocalhost()
                ? AddressVetting.LOOPBACK
                : literal.stream().toList();
        List<AddressVerdict> verdicts = known.stream()
                .map(address -> addresses.check(address, destination.port()))
                .toList();
        Optional<AddressVerdict> verdict = verdicts.stream()
                .filter(AddressVerdict::isAllowed)
                .findFirst()
                .or(() -> verdicts.stream().findFirst());
        if (verdict.isPresent() && !verdict.get().isAllowed()) {
            VettingResult.Denied denied = new VettingResult.Denied(known.get(0), literal.isPresent(), verdicts, 0);
            return refused(
                    Rejection.denied(Kind.ADDRESS_DENIED, destination.toString(), denied.reason()),
                    Optional.of(decision),
                    verdict);
        }
        return new Result(true, "allowed", decision.reason(), Optional.of(decision), verdict);
    }

    private static Result refused(Rejection rejection, Optional<AclDecision> acl, Optional<AddressVerdict> address) {
        return new Result(false, rejection.kind().code(), rejection.message(), acl, address);
    }
}
