package io.smokescreen.internal.tls;

import io.smokescreen.api.ConfigurationException;
import java.io.IOException;
import java.io.StringReader;
import org.bouncycastle.openssl.PEMParser;

/**
 * One block of a PEM file.
 *
 * @param file the file, for messages
 * @param line where it begins
 * @param type the word after {@code BEGIN}
 * @param text the block, markers included
 */
record PemBlock(String file, int line, String type, String text) {

    boolean isCertificate() {
        return type.equals(PEMParser.TYPE_CERTIFICATE)
                || type.equals(PEMParser.TYPE_X509_CERTIFICATE)
                || type.equals(PEMParser.TYPE_TRUSTED_CERTIFICATE);
    }

    boolean isPrivateKey() {
        return type.endsWith(PEMParser.TYPE_PRIVATE_KEY);
    }

    boolean isRevocationList() {
        return type.equals(PEMParser.TYPE_X509_CRL);
    }

    /** {@return what Bouncy Castle makes of the block} */
    Object parse() {
        try (PEMParser parser = new PEMParser(new StringReader(text))) {
            Object parsed = parser.readObject();
            if (parsed != null) {
                return parsed;
            }
        } catch (IOException | RuntimeException e) { // a decoder of hostile bytes throws whatever it meets
            throw error("cannot be read: " + e.getMessage(), e);
        }
        throw error("is empty");
    }

    ConfigurationException error(String problem) {
        return new ConfigurationException(place() + " " + problem);
    }

    ConfigurationException error(String problem, Exception cause) {
        return new ConfigurationException(place() + " " + problem, cause);
    }

    private String place() {
        return file + ", line " + line + ": the block '" + type + "'";
    }
}
