package io.smokescreen.cli.reload;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What can be told of a file's content.
 *
 * @param text the hash, or why there is none
 */
record Fingerprint(String text) {

    /** Differs from that of every file. */
    static final Fingerprint UNKNOWN = new Fingerprint("unknown");

    private static final int BUFFER_BYTES = 64 * 1024;

    /** {@return that of the file as it is now; never fails} */
    static Fingerprint of(Path file) {
        if (!Files.exists(file)) {
            return new Fingerprint("missing");
        }
        if (!Files.isRegularFile(file)) { // opening a named pipe could wait for ever
            return new Fingerprint("not a file");
        }
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] buffer = new byte[BUFFER_BYTES];
            for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                digest.update(buffer, 0, length);
            }
            return new Fingerprint(HexFormat.of().formatHex(digest.digest()));
        } catch (IOException e) {
            return new Fingerprint("unreadable: " + e.getClass().getSimpleName());
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }
}
