package io.smokescreen.internal.policy;

import io.smokescreen.api.ConfigurationException;
import io.smokescreen.api.RoleExtractor;
import io.smokescreen.internal.yaml.Shown;
import io.smokescreen.internal.yaml.YamlText;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Users and the bcrypt hashes of their passwords, as {@code htpasswd -B} writes them. A file with anything in it that is not
 * understood is refused as a whole; the error never repeats a hash.
 *
 * <p>Thread safety: immutable.
 */
public final class PasswordFile {

    /** The highest cost that a hash may have: about a second for each check. */
    public static final int MAX_COST = 14;

    private static final int MIN_COST = 4;
    private static final Pattern BCRYPT = Pattern.compile("\\$2[aby]\\$([0-9]{2})\\$[./A-Za-z0-9]{53}");

    private final Map<String, String> hashes;

    private PasswordFile(Map<String, String> hashes) {
        this.hashes = Map.copyOf(hashes);
    }

    /**
     * Reads a file.
     *
     * @param file the file, in UTF-8
     * @throws ConfigurationException if it cannot be read, has no user, or a line that is not understood
     */
    public static PasswordFile read(Path file) {
        return parse(file.toString(), YamlText.read(file));
    }

    /**
     * Reads a text.
     *
     * @param source what to call the text in errors
     * @throws ConfigurationException if it has no user, or a line that is not understood
     */
    static PasswordFile parse(String source, String text) {
        Map<String, String> hashes = new LinkedHashMap<>();
        String[] lines = text.split("\r?\n", -1);
        for (int i = 0; i < lines.length; i++) {
            if (!lines[i].isBlank() && !lines[i].startsWith("#")) {
                add(hashes, lines[i], source + ":" + (i + 1) + ": ");
            }
        }
        if (hashes.isEmpty()) {
            throw new ConfigurationException(source + ": has no user (expected lines as 'htpasswd -B' writes them)");
        }
        return new PasswordFile(hashes);
    }

    /** {@return the hashes by user, at least one} */
    Map<String, String> hashes() {
        return hashes;
    }

    private static void add(Map<String, String> hashes, String line, String where) {
        int colon = line.indexOf(':');
        String user = colon < 0 ? "" : line.substring(0, colon);
        if (!RoleExtractor.isRole(user)) {
            throw new ConfigurationException(
                    where + "does not begin with a user (expected 'user:hash', the user with 1 to "
                            + RoleExtractor.MAX_ROLE_LENGTH + " characters, no control characters)");
        }
        String hash = line.substring(colon + 1);
        Matcher bcrypt = BCRYPT.matcher(hash);
        if (!bcrypt.matches()) {
            throw new ConfigurationException(
                    where + "the password of " + Shown.quoted(user)
                            + " is not hashed with bcrypt (expected '$2y$', a cost and 53 characters, as 'htpasswd -B' writes it)");
        }
        int cost = Integer.parseInt(bcrypt.group(1));
        if (cost < MIN_COST || cost > MAX_COST) {
            throw new ConfigurationException(where + "the hash of " + Shown.quoted(user) + " has the cost " + cost
                    + " (expected " + MIN_COST + " to " + MAX_COST + ")");
        }
        if (hashes.put(user, hash) != null) {
            throw new ConfigurationException(where + Shown.quoted(user) + " is there twice (expected once)");
        }
    }
}
