package io.smokescreen;

import java.util.List;

/**
 * What a reload changed.
 *
 * @param changes one line for each thing that changed, for people; empty if nothing did
 */
public record ReloadReport(List<String> changes) {

    /** Copies the list. */
    public ReloadReport {
        changes = List.copyOf(changes);
    }
}
