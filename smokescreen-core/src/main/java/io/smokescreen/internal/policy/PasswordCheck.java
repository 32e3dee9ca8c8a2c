package io.smokescreen.internal.policy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;

/**
 * Checks credentials against a password file. It takes as long for a user that is not in the file as for one that is: each
 * such name always meets the same hash, of a cost as that of some user.
 *
 * <p>Thread safety: safe from any thread; takes up to a second.
 */
final class PasswordCheck {

    private final Map<String, String> hashes;
    private final String[] costs;
    private final KeyedHash nameHash = new KeyedHash();

    PasswordCheck(PasswordFile file) {
        this.hashes = file.hashes();
        this.costs = hashes.values().stream().map(PasswordCheck::cost).toArray(String[]::new);
    }

    /** {@return the user, if it is in the file and the password is right} */
    Optional<String> check(BasicCredentials credentials) {
        String user = credentials.user();
        String hash = hashes.get(user);
        boolean known = hash != null;
        boolean matches = OpenBSDBCrypt.checkPassword(known ? hash : decoy(user), credentials.password());
        return known && matches ? Optional.of(user) : Optional.empty();
    }

    /** {@return a hash for a user that is not in the file} */
    String decoy(String user) {
        byte[] digest = nameHash.of(user.getBytes(StandardCharsets.UTF_8));
        int index = Integer.remainderUnsigned(ByteBuffer.wrap(digest).getInt(), costs.length);
        return String.format(Locale.ROOT, "$2y$%s$%s", costs[index], ".".repeat(53));
    }

    private static String cost(String hash) {
        return hash.substring(4, 6);
    }
}
