package io.smokescreen.internal.policy;

import io.smokescreen.api.NextHop;
import java.util.Optional;

/**
 * What came of asking a {@link io.smokescreen.api.NextHopSelector}.
 *
 * @param hop what it chose; empty where it leaves that to others
 * @param failed whether it gave no answer, so that the request is refused
 */
public record NextHopSelection(Optional<NextHop> hop, boolean failed) {

    /** The selector leaves the choice to others, or there is none. */
    public static final NextHopSelection NONE = new NextHopSelection(Optional.empty(), false);

    /** The selector threw or answered null, or gave no answer in time. */
    public static final NextHopSelection FAILED = new NextHopSelection(Optional.empty(), true);
}
