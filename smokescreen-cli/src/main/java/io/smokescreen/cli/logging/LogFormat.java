package io.smokescreen.cli.logging;

/** How log lines are written. */
public enum LogFormat {
    /** An object a line, with the names and types of Go's Smokescreen. */
    JSON,
    /** For people at a terminal. */
    TEXT
}
