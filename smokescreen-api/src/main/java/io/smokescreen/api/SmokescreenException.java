package io.smokescreen.api;

/**
 * The root of the exceptions that Smokescreen throws to the application that embeds it. A request that is refused is
 * never an exception; these speak of configuration and of the life cycle.
 */
public class SmokescreenException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates one that says what to do.
     *
     * @param message what was wrong and what would be right
     */
    public SmokescreenException(String message) {
        super(message);
    }

    /**
     * Creates one that says what to do.
     *
     * @param message what was wrong and what would be right
     * @param cause what led to it
     */
    public SmokescreenException(String message, Throwable cause) {
        super(message, cause);
    }
}
