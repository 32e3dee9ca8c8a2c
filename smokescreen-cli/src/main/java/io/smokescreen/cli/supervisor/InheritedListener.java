package io.smokescreen.cli.supervisor;

/**
 * A listening socket that was handed over.
 *
 * @param descriptor the number of its descriptor
 * @param origin who gave it and as what, for people
 */
public record InheritedListener(int descriptor, String origin) {}
