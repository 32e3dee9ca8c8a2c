package io.smokescreen.cli;

import io.smokescreen.PolicyVerdict;
import io.smokescreen.api.AclDecision;
import io.smokescreen.api.AddressVerdict;
import io.smokescreen.api.Host;
import io.smokescreen.cli.json.JsonLines;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.util.Locale;

/** Verdicts as JSON objects, one a line. */
final class ExplainLines {

    /** The longest text, in characters: as long as a target can be, and the reason that repeats it. */
    private static final int MAX_TEXT_CHARS = 16 * 1024;

    private static final String MALFORMED = "malformed-request";

    private final String role;
    private final JsonLines json = new JsonLines();

    /**
     * @param role the role, the same in all lines; the empty string for a client without one
     */
    ExplainLines(String role) {
        this.role = role;
    }

    void add(String target, PolicyVerdict verdict) {
        json.begin();
        text("target", target);
        if (role.isEmpty()) {
            json.literal("role", "null");
        } else {
            text("role", role);
        }
        json.literal("allow", String.valueOf(verdict.allowed()));
        text("code", verdict.code());
        text("reason", verdict.reason());
        verdict.acl().ifPresentOrElse(this::acl, () -> json.literal("acl", "null"));
        json.beginArray("addresses");
        verdict.addresses().forEach(this::address);
        json.endArray();
        if (verdict.nextHop().isPresent()) {
            text("next_hop", verdict.nextHop().get().toString());
            json.beginArray("next_hop_addresses");
            verdict.nextHopAddresses().forEach(this::address);
            json.endArray();
        }
        if (verdict.code().equals(MALFORMED)) {
            text("error", verdict.reason());
        }
        json.end();
    }

    int size() {
        return json.size();
    }

    /** Writes the lines and forgets them. */
    void writeTo(OutputStream out) throws IOException {
        json.writeTo(out);
        json.clear();
    }

    private void acl(AclDecision decision) {
        json.beginObject("acl");
        text("result", decision.result().name().toLowerCase(Locale.ROOT));
        text("reason", decision.reason());
        text("project", decision.project());
        json.literal("default_rule", String.valueOf(decision.defaultRule()));
        decision.matched().ifPresentOrElse(entry -> text("matched", entry), () -> json.literal("matched", "null"));
        json.endObject();
    }

    private void address(InetSocketAddress address, AddressVerdict verdict) {
        json.beginElement();
        text("ip", Host.of(address.getAddress()).text());
        json.literal("port", String.valueOf(address.getPort()));
        json.literal("allow", String.valueOf(verdict.isAllowed()));
        text("verdict", verdict.label());
        json.endObject();
    }

    private void text(String key, String value) {
        json.text(key, value, MAX_TEXT_CHARS);
    }
}
