package io.smokescreen;

import io.smokescreen.api.AclPolicy;
import io.smokescreen.internal.policy.AclDiff;
import io.smokescreen.internal.policy.Excerpt;
import io.smokescreen.internal.policy.ListDiff;
import io.smokescreen.internal.tls.CrlFile;
import io.smokescreen.internal.track.TextHygiene;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Tells what differs between the rules from before a reload and those from after it. */
final class RulesDiff {

    private final Rules before;
    private final Rules after;
    private final List<String> lines = new ArrayList<>();

    private RulesDiff(Rules before, Rules after) {
        this.before = before;
        this.after = after;
    }

    static ReloadReport between(Rules before, Rules after) {
        return new RulesDiff(before, after).report();
    }

    private ReloadReport report() {
        AclDiff acl = acl();
        ListDiff addresses = addresses();
        boolean tlsChanged = !before.tls().equals(after.tls());
        if (tlsChanged) {
            tls(before.tls().orElseThrow(), after.tls().orElseThrow()); // none is ever added or taken away
        }
        return new ReloadReport(
                acl.servicesAdded(),
                acl.servicesRemoved(),
                acl.servicesChanged(),
                acl.globsAdded(),
                acl.globsRemoved(),
                addresses.added().size(),
                addresses.removed().size(),
                tlsChanged,
                lines);
    }

    private AclDiff acl() {
        Optional<AclPolicy> old = before.aclPolicy();
        Optional<AclPolicy> now = after.aclPolicy();
        if (old.equals(now)) {
            return AclDiff.NONE;
        }
        if (old.isEmpty()) {
            lines.add("ACL: added");
            return AclDiff.NONE;
        }
        if (old.get() instanceof Acl oldAcl && now.orElse(null) instanceof Acl newAcl) {
            AclDiff diff = AclDiff.between(oldAcl.index(), newAcl.index());
            lines.addAll(diff.lines());
            return diff;
        }
        lines.add("ACL policy: replaced"); // by code of the application, which cannot be looked into
        return AclDiff.NONE;
    }

    private ListDiff addresses() {
        AddressRules old = before.addressRules();
        AddressRules now = after.addressRules();
        if (old.policy() != now.policy()) {
            lines.add("address policy: " + old.policy() + " -> " + now.policy());
        }
        if (old.privateRangesAllowed() != now.privateRangesAllowed()) {
            lines.add(
                    "unsafe_allow_private_ranges: " + old.privateRangesAllowed() + " -> " + now.privateRangesAllowed());
        }
        ListDiff diff = ListDiff.between(old.written(), now.written());
        if (!diff.isEmpty()) {
            lines.add("address rules: " + diff.text(new Excerpt()));
        }
        return diff;
    }

    private void tls(TlsOptions old, TlsOptions now) {
        lines.add("TLS: new connections use the new options");
        X509Certificate certificate = now.certificates().get(0);
        if (!old.certificates().get(0).equals(certificate)) {
            lines.add("TLS certificate: now " + name(certificate) + ", until "
                    + certificate.getNotAfter().toInstant());
        }
        ListDiff authorities = ListDiff.between(names(old.clientAuthorities()), names(now.clientAuthorities()));
        if (!authorities.isEmpty()) {
            lines.add("TLS client authorities: " + authorities.text(new Excerpt()));
        }
        ListDiff lists =
                revocationLists(old.settings().revocationLists(), now.settings().revocationLists());
        if (!lists.isEmpty()) {
            lines.add("TLS revocation lists: " + lists.text(new Excerpt()));
        }
    }

    /** A file with other contents is one removed and one added, of the same name. */
    private static ListDiff revocationLists(List<CrlFile> old, List<CrlFile> now) {
        return new ListDiff(sourcesMissingFrom(old, now), sourcesMissingFrom(now, old));
    }

    private static List<String> sourcesMissingFrom(List<CrlFile> known, List<CrlFile> lists) {
        Set<CrlFile> seen = new HashSet<>(known);
        return lists.stream().filter(seen::add).map(CrlFile::toString).toList();
    }

    private static List<String> names(List<X509Certificate> certificates) {
        return certificates.stream().map(RulesDiff::name).toList();
    }

    private static String name(X509Certificate certificate) {
        return TextHygiene.line(certificate.getSubjectX500Principal().getName()) + " serial "
                + certificate.getSerialNumber().toString(16);
    }
}
