package io.smokescreen.internal.yaml;

import io.smokescreen.api.ConfigurationException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Reads a file that must be text in UTF-8, and not too much of it. */
public final class YamlText {

    /**
     * The largest file, in bytes. The YAML library's own limit of 3 MB would refuse a legal ACL of 30,000 services; this one
     * holds more than a million entries and still fits a small heap.
     */
    static final int MAX_BYTES = 64 * 1024 * 1024;

    private static final char BYTE_ORDER_MARK = '\ufeff';

    private YamlText() {}

    /**
     * Returns the text of a file, without a byte order mark.
     *
     * @param file the file, in UTF-8
     * @throws ConfigurationException if it cannot be read, is too large or not UTF-8
     */
    public static String read(Path file) {
        byte[] bytes = bytes(file);
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        // UTF-8 never makes more characters than there were bytes.
        CharBuffer text = CharBuffer.allocate(bytes.length);
        CoderResult result = decoder.decode(ByteBuffer.wrap(bytes), text, true);
        text.flip();
        if (result.isError()) {
            throw notUtf8(file, text);
        }
        if (text.hasRemaining() && text.get(0) == BYTE_ORDER_MARK) {
            text.get();
        }
        return text.toString();
    }

    /** The size is asked for first, so that a huge file is not read; the read is limited too, because sizes may lie. */
    private static byte[] bytes(Path file) {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw tooLarge(file.toString());
            }
            try (InputStream in = Files.newInputStream(file)) {
                byte[] bytes = in.readNBytes(MAX_BYTES + 1);
                if (bytes.length > MAX_BYTES) {
                    throw tooLarge(file.toString());
                }
                return bytes;
            }
        } catch (NoSuchFileException e) {
            throw new ConfigurationException(file + ": no such file", e);
        } catch (IOException | SecurityException e) {
            throw new ConfigurationException(file + ": cannot be read: " + e, e);
        }
    }

    static ConfigurationException tooLarge(String name) {
        return new ConfigurationException(name + ": is larger than " + MAX_BYTES + " bytes");
    }

    private static ConfigurationException notUtf8(Path file, CharBuffer before) {
        String read = before.toString();
        long line = 1 + read.chars().filter(c -> c == '\n').count();
        String lastLine = read.substring(read.lastIndexOf('\n') + 1);
        int column = 1 + lastLine.codePointCount(0, lastLine.length());
        return new ConfigurationException(
                file + ":" + line + ":" + column + ": a byte that is not UTF-8 (expected a text file in UTF-8)");
    }
}
