package io.smokescreen.internal.tls;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.smokescreen.api.ConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A file of PEM blocks (RFC 7468) in any order, with any text around them. A marker that is damaged is an error: skipped as
 * text, it would hide the block behind it, and with a revocation list the certificates it names.
 */
final class PemFile {

    /** A revocation list of a million entries has about 40 MiB. */
    static final long MAX_BYTES = 256L * 1024 * 1024;

    private static final Pattern MARKER = Pattern.compile("-----(BEGIN|END) ([A-Z0-9]+(?: [A-Z0-9]+)*)-----");
    private static final Pattern ALMOST_MARKER =
            Pattern.compile("(?i)\\W*(?:BEGIN|END)\\W+(?:[A-Z0-9]+ )*(?:CERTIFICATE|CRL|KEY)\\W*");

    private final String name;
    private final List<PemBlock> blocks = new ArrayList<>();
    private final StringBuilder text = new StringBuilder();
    private String type = "";
    private int begin;

    private PemFile(String name) {
        this.name = name;
    }

    /**
     * {@return the content of a file}
     *
     * @param expected what should be in it, for the message if it cannot be read
     * @throws ConfigurationException if it cannot be read, is empty or too large
     */
    static byte[] readBytes(Path file, String expected) {
        try {
            long size = Files.size(file);
            if (size > MAX_BYTES) {
                throw new ConfigurationException(
                        file + " has " + size + " bytes (expected " + expected + ", at most " + MAX_BYTES + " bytes)");
            }
            byte[] bytes = Files.readAllBytes(file);
            if (bytes.length == 0) {
                throw new ConfigurationException(file + " is empty (expected " + expected + ")");
            }
            return bytes;
        } catch (NoSuchFileException e) {
            throw new ConfigurationException(file + " does not exist (expected a file with " + expected + ")", e);
        } catch (IOException e) {
            throw new ConfigurationException(file + " cannot be read (expected " + expected + "): " + e, e);
        }
    }

    /**
     * {@return the blocks of a file in their order}
     *
     * @param expected what should be in it, for the message if it cannot be read
     * @throws ConfigurationException if it cannot be read or a block has no end
     */
    static List<PemBlock> read(Path file, String expected) {
        return parse(file.toString(), readBytes(file, expected));
    }

    /**
     * {@return the blocks in their order}
     *
     * @param name the name of the file
     * @param bytes its content
     * @throws ConfigurationException if a block has no end
     */
    static List<PemBlock> parse(String name, byte[] bytes) {
        PemFile file = new PemFile(name);
        List<String> lines = new String(bytes, ISO_8859_1).lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            file.line(i + 1, lines.get(i));
        }
        if (!file.type.isEmpty()) {
            throw file.error(
                    file.begin,
                    "the block '" + file.type + "' has no end (expected '-----END " + file.type + "-----')");
        }
        return file.blocks;
    }

    private void line(int number, String line) {
        Matcher marker = MARKER.matcher(line.stripTrailing());
        if (marker.matches()) {
            marker(number, marker.group(1), marker.group(2));
        } else if (ALMOST_MARKER.matcher(line).matches()) {
            throw error(number, "a damaged marker (expected '-----BEGIN TYPE-----' or '-----END TYPE-----')");
        } else if (!type.isEmpty()) {
            text.append(line).append('\n');
        }
    }

    private void marker(int number, String word, String markedType) {
        if (word.equals("BEGIN")) {
            if (!type.isEmpty()) {
                throw error(number, "a block begins before the end of '" + type + "'");
            }
            type = markedType;
            begin = number;
            text.append("-----BEGIN ").append(type).append("-----\n");
            return;
        }
        if (!markedType.equals(type)) {
            throw error(number, "the end of a block '" + markedType + "' that has not begun");
        }
        text.append("-----END ").append(type).append("-----\n");
        blocks.add(new PemBlock(name, begin, type, text.toString()));
        text.setLength(0);
        type = "";
    }

    private ConfigurationException error(int line, String problem) {
        return new ConfigurationException(name + ", line " + line + ": " + problem);
    }
}
