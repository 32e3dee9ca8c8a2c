package io.smokescreen.internal.request;

/**
 * A request that is refused whatever the rules say.
 *
 * @param reason what is wrong
 */
public record Malformed(Malformation reason) implements ParseResult {}
