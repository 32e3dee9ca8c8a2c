package io.smokescreen.cli.logging;

import ch.qos.logback.classic.Level;

/** How grave an event must be to be logged. */
public enum LogLevel {
    TRACE(Level.TRACE),
    DEBUG(Level.DEBUG),
    INFO(Level.INFO),
    WARN(Level.WARN),
    ERROR(Level.ERROR);

    @SuppressWarnings("ImmutableEnumChecker") // it is; its type does not say so
    private final Level level;

    LogLevel(Level level) {
        this.level = level;
    }

    Level level() {
        return level;
    }
}
