package io.smokescreen.cli.http;

import java.io.IOException;
import java.io.OutputStream;

/** What an {@link AnswerServer} says; called on its only thread, one call at a time. */
public interface Answers {

    /** {@return whether there is something at this path, which comes without its query} */
    boolean knows(String path);

    /**
     * Writes the body of the answer.
     *
     * @param accept the {@code Accept} fields of the request, joined by commas; empty: there are none
     * @param out where the body goes
     * @return its content type
     * @throws IOException if it cannot be told
     */
    String write(String accept, OutputStream out) throws IOException;
}
