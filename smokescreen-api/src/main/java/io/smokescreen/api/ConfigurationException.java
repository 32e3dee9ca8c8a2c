package io.smokescreen.api;

/**
 * Thrown when a setting, an ACL file or a rule is not valid: before anything is started, or before anything of a reload is
 * put in force. The message names the value, where it stands (file, line and column where there are any) and what was
 * expected instead.
 */
public final class ConfigurationException extends SmokescreenException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates one that says what to do.
     *
     * @param message what was wrong, where, and what would be right
     */
    public ConfigurationException(String message) {
        super(message);
    }

    /**
     * Creates one that says what to do.
     *
     * @param message what was wrong, where, and what would be right
     * @param cause what led to it
     */
    public ConfigurationException(String message, Throwable cause) {
        super(message, cause);
    }
}
