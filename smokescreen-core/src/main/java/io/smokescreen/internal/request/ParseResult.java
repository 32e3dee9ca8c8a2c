package io.smokescreen.internal.request;

/** What the head of a request turned out to be. */
public sealed interface ParseResult permits Request, NotProxyRequest, Malformed {}
