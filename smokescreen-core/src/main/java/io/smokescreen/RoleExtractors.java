package io.smokescreen;

import static java.util.Objects.requireNonNull;

import io.smokescreen.api.ClientRequest;
import io.smokescreen.api.ConfigurationException;
import io.smokescreen.api.Host;
import io.smokescreen.api.RoleExtractor;
import io.smokescreen.internal.address.AddressTable;
import io.smokescreen.internal.policy.BasicExtractor;
import io.smokescreen.internal.policy.PasswordFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The ways to tell a client's role that need no code.
 *
 * <p>They can be chained; the first that finds a role has it:
 *
 * <pre>{@code
 * Smokescreen.builder()
 *         .roleExtractor(RoleExtractors.commonName()
 *                 .orElse(RoleExtractors.basic(Path.of("users.htpasswd")))
 *                 .orElse(RoleExtractors.source(Map.of("10.20.0.0/16", "batch"))))
 * }</pre>
 *
 * <p>All of them draw on one set of roles: a user {@code web} of the password file has the role of the certificate of
 * {@code web}.
 *
 * <p>What goes by the client's address goes by {@link ClientRequest#clientAddress()}: the TCP peer, or what a PROXY protocol
 * header announced, if that came from one of the {@link ProxyProtocolOptions#trustedRanges}.
 *
 * <p>Thread safety: all extractors may be used from any thread, by several proxies.
 *
 * @see SmokescreenBuilder#roleExtractor
 * @see Rules#withRoleExtractor
 */
public final class RoleExtractors {

    private static final RoleExtractor COMMON_NAME =
            request -> request.certificate().flatMap(Roles::commonName);
    private static final RoleExtractor ORGANIZATIONAL_UNIT =
            request -> request.certificate().flatMap(Roles::organizationalUnit);
    private static final RoleExtractor DNS_NAME = request -> request.certificate()
            .map(Roles::dnsNames)
            .filter(names -> names.size() == 1)
            .map(names -> names.get(0))
            .filter(RoleExtractors::isName);
    private static final RoleExtractor SPIFFE_ID =
            request -> request.certificate().flatMap(Roles::spiffeId);

    private RoleExtractors() {}

    /** {@return the common name of the client's certificate, as {@link Roles#commonName} reads it; the default of a proxy} */
    public static RoleExtractor commonName() {
        return COMMON_NAME;
    }

    /** {@return the organizational unit of the client's certificate, as {@link Roles#organizationalUnit} reads it} */
    public static RoleExtractor organizationalUnit() {
        return ORGANIZATIONAL_UNIT;
    }

    /**
     * {@return the DNS name of the client's certificate, as it is encoded, if it has exactly one and that is a host's name}
     *
     * <p>Where certificates have several, a function of one's own chooses among {@link Roles#dnsNames}.
     */
    public static RoleExtractor dnsName() {
        return DNS_NAME;
    }

    /** {@return the SPIFFE ID of the client's certificate, as {@link Roles#spiffeId} reads it} */
    public static RoleExtractor spiffeId() {
        return SPIFFE_ID;
    }

    /**
     * {@return the value of a header field that another proxy in front of this one sets}
     *
     * <p>It counts only from the given ranges; that proxy has to remove the field from what its own clients send. Where the
     * field is there more than once the request is denied, since one of them may be the client's. The field is never passed on
     * to an origin, whoever sent it.
     *
     * @param name the name of the field, such as {@code X-Client-Role}; case does not matter
     * @param trustedRanges where it counts from, at least one range such as {@code 10.0.4.0/24} or {@code 2001:db8::7/128}
     * @throws ConfigurationException if the name is not one of a header field, or there is no range, or one that is not one
     */
    public static RoleExtractor header(String name, List<String> trustedRanges) {
        return new HeaderExtractor(requireNonNull(name, "name"), List.copyOf(trustedRanges));
    }

    /**
     * {@return the role of the most specific range that the client's address is in}
     *
     * @param rolesByRange roles by range, such as {@code 10.20.0.0/16} or {@code 2001:db8::/32}
     * @throws ConfigurationException if a range is not one, a role is not one, or a range has two roles
     */
    public static RoleExtractor source(Map<String, String> rolesByRange) {
        rolesByRange.forEach((range, role) -> {
            if (!RoleExtractor.isRole(role)) {
                throw new ConfigurationException("the role of '" + range + "' cannot be a role (expected 1 to "
                        + RoleExtractor.MAX_ROLE_LENGTH + " characters, no control characters)");
            }
        });
        AddressTable<String> roles = AddressTable.of(rolesByRange);
        return request -> roles.find(request.clientAddress().getAddress());
    }

    /**
     * {@return the user name of Basic credentials in {@code Proxy-Authorization} (RFC 7617), if a password file has the user
     * and the password is right}
     *
     * <p>The file has a line {@code user:hash} for each user, as {@code htpasswd -B} writes it; hashes are bcrypt ($2a$, $2b$ or
     * $2y$) of a cost of at most {@value #MAX_BCRYPT_COST}. It is read once, here; {@link Rules#withRoleExtractor} reads it anew
     * at each reload. Credentials travel as they are, so clients should connect with TLS.
     *
     * <p>Passwords are hashed on threads of its own, never on an event loop, and a user that does not exist costs as much as one
     * that does. What was checked is remembered for {@value #REMEMBERED_SECONDS} seconds by a keyed hash. While too many wait to
     * be checked, further ones are answered with 503. Each 407 says {@code Proxy-Authenticate: Basic realm="smokescreen"}. Neither
     * log nor origin ever see the credentials.
     *
     * <p>It answers later: {@link RoleExtractor#roleAsync}. Its {@link RoleExtractor#role} always throws, lest somebody blocks an
     * event loop with it; to build upon it, use {@link RoleExtractor#orElse} or {@code roleAsync}.
     *
     * @param htpasswd the file, in UTF-8
     * @throws ConfigurationException if the file cannot be read or has a line that is not understood
     */
    public static RoleExtractor basic(Path htpasswd) {
        return new BasicExtractor(PasswordFile.read(requireNonNull(htpasswd, "htpasswd")));
    }

    /** The highest cost of a bcrypt hash that {@link #basic} takes: {@value}, about a second. */
    public static final int MAX_BCRYPT_COST = PasswordFile.MAX_COST;

    /** How long {@link #basic} remembers what it checked, in seconds: {@value}. */
    public static final int REMEMBERED_SECONDS = BasicExtractor.REMEMBERED_SECONDS;

    private static boolean isName(String text) {
        return Host.tryParse(text).filter(host -> host.address().isEmpty()).isPresent();
    }
}
