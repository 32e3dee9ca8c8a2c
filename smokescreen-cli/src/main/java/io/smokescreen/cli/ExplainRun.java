package io.smokescreen.cli;

import io.smokescreen.PolicyVerdict;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Asks about targets, some at once, and writes the answers in the order of the questions: as soon as nothing more is there to
 * be asked, so that whoever gives one target at a time gets one answer at a time.
 */
final class ExplainRun {

    /** How many targets are asked about at once; each may be a look-up with two sockets. */
    static final int MAX_AT_ONCE = 64;

    private static final int WRITE_FROM_BYTES = 64 * 1024;

    private final Function<String, CompletionStage<PolicyVerdict>> question;
    private final OutputStream out;
    private final ExplainLines lines;
    private final Queue<Asked> asked = new ArrayDeque<>();
    private boolean allAllowed = true;

    private record Asked(String target, CompletableFuture<PolicyVerdict> verdict) {}

    /**
     * @param role the role that is asked for, as the lines tell it
     * @param question asks about a target
     * @param out where the lines go
     */
    ExplainRun(String role, Function<String, CompletionStage<PolicyVerdict>> question, OutputStream out) {
        this.question = question;
        this.out = out;
        this.lines = new ExplainLines(role);
    }

    /** Asks about a target. */
    void explain(String target) throws IOException {
        if (asked.size() == MAX_AT_ONCE) {
            addFirst();
        }
        asked.add(new Asked(target, question.apply(target).toCompletableFuture()));
        while (!asked.isEmpty() && asked.element().verdict().isDone()) {
            addFirst();
        }
    }

    /** Asks about each line, to the end of the input. */
    void explainLines(InputStream in) throws IOException {
        TargetLines input = new TargetLines(in);
        while (true) {
            if (!input.isReady()) {
                writeAll();
            }
            @Nullable String target = input.next();
            if (target == null) {
                return;
            }
            explain(target);
        }
    }

    /** Writes what is missing. Returns whether every target is allowed. */
    boolean finish() throws IOException {
        writeAll();
        return allAllowed;
    }

    private void writeAll() throws IOException {
        while (!asked.isEmpty()) {
            addFirst();
        }
        write();
    }

    private void addFirst() throws IOException {
        Asked first = asked.remove();
        PolicyVerdict verdict = first.verdict().join();
        allAllowed &= verdict.allowed();
        lines.add(first.target(), verdict);
        if (lines.size() >= WRITE_FROM_BYTES) {
            write();
        }
    }

    private void write() throws IOException {
        if (lines.size() > 0) {
            lines.writeTo(out);
        }
    }
}
