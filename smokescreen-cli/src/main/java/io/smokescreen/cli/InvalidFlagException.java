package io.smokescreen.cli;

/** A flag whose value the engine refused; the message starts with the flag. */
final class InvalidFlagException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    InvalidFlagException(String flag, RuntimeException cause) {
        super(flag + ": " + cause.getMessage(), cause);
    }
}
