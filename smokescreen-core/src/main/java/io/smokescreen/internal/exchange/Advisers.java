package io.smokescreen.internal.exchange;

import static java.util.concurrent.CompletableFuture.completedFuture;

import io.netty.channel.EventLoop;
import io.smokescreen.api.AclRequest;
import io.smokescreen.api.Destination;
import io.smokescreen.api.RequestContext;
import io.smokescreen.internal.address.AddressVetting;
import io.smokescreen.internal.address.VettingResult;
import io.smokescreen.internal.address.VettingRules;
import io.smokescreen.internal.policy.AclOutcome;
import io.smokescreen.internal.policy.GateOutcome;
import io.smokescreen.internal.policy.GuardedNextHopSelector;
import io.smokescreen.internal.policy.GuardedRequestGate;
import io.smokescreen.internal.policy.NextHopSelection;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** How a {@link DryRun} asks those who may take their time. */
public interface Advisers {

    /** {@return what the ACL decides; never fails} */
    CompletionStage<AclOutcome> decide(Decisions decisions, AclRequest request);

    /** {@return what the gate says; never fails} */
    CompletionStage<GateOutcome> gate(GuardedRequestGate gate, RequestContext request);

    /** {@return what the selector chooses; never fails} */
    CompletionStage<NextHopSelection> select(GuardedNextHopSelector selector, RequestContext request);

    /** {@return what comes of vetting, or nothing where the destination is a name that is not looked up; never fails} */
    CompletionStage<Optional<VettingResult>> vet(Destination destination, VettingRules rules);

    /** {@return answers at once, on the calling thread; names are not looked up} */
    static Advisers hereAndNow() {
        return new HereAndNow();
    }

    /**
     * {@return answers as a real request gets them: policy where it runs, names looked up; to be asked on the event loop}
     *
     * @param policyCalls where policy runs
     * @param vetting looks names up
     * @param loop where answers arrive
     */
    static Advisers asOnASocket(PolicyCalls policyCalls, AddressVetting vetting, EventLoop loop) {
        return new AsOnASocket(policyCalls, vetting, loop);
    }

    /** No thread but the caller's. */
    final class HereAndNow implements Advisers {

        private HereAndNow() {}

        @Override
        public CompletionStage<AclOutcome> decide(Decisions decisions, AclRequest request) {
            return completedFuture(decisions.decide(request));
        }

        @Override
        public CompletionStage<GateOutcome> gate(GuardedRequestGate gate, RequestContext request) {
            return completedFuture(gate.ask(request));
        }

        @Override
        public CompletionStage<NextHopSelection> select(GuardedNextHopSelector selector, RequestContext request) {
            return completedFuture(selector.ask(request));
        }

        @Override
        public CompletionStage<Optional<VettingResult>> vet(Destination destination, VettingRules rules) {
            List<InetAddress> known = AddressVetting.known(destination);
            return completedFuture(
                    known.isEmpty() ? Optional.empty() : Optional.of(AddressVetting.judge(destination, known, rules)));
        }
    }

    /** Event loop only. */
    final class AsOnASocket implements Advisers {

        private final PolicyCalls policyCalls;
        private final AddressVetting vetting;
        private final EventLoop loop;

        private AsOnASocket(PolicyCalls policyCalls, AddressVetting vetting, EventLoop loop) {
            this.policyCalls = policyCalls;
            this.vetting = vetting;
            this.loop = loop;
        }

        @Override
        public CompletionStage<AclOutcome> decide(Decisions decisions, AclRequest request) {
            CompletableFuture<AclOutcome> decided = new CompletableFuture<>();
            policyCalls.ask(loop, () -> decisions.decide(request), AclOutcome.FAILED, decided::complete);
            return decided;
        }

        @Override
        public CompletionStage<GateOutcome> gate(GuardedRequestGate gate, RequestContext request) {
            CompletableFuture<GateOutcome> answered = new CompletableFuture<>();
            policyCalls.ask(loop, () -> gate.ask(request), GateOutcome.FAILED, answered::complete);
            return answered;
        }

        @Override
        public CompletionStage<NextHopSelection> select(GuardedNextHopSelector selector, RequestContext request) {
            CompletableFuture<NextHopSelection> answered = new CompletableFuture<>();
            policyCalls.ask(loop, () -> selector.ask(request), NextHopSelection.FAILED, answered::complete);
            return answered;
        }

        @Override
        public CompletionStage<Optional<VettingResult>> vet(Destination destination, VettingRules rules) {
            CompletableFuture<Optional<VettingResult>> vetted = new CompletableFuture<>();
            vetting.vet(destination, rules, loop, result -> vetted.complete(Optional.of(result)));
            return vetted;
        }
    }
}
