package io.smokescreen.testing;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakTracker;
import org.junit.jupiter.api.Test;

/** The guard itself: with a detector of its own, so that nothing planted here reaches the real check. */
class LeakCheckTest {

    private final LeakCheck check = new LeakCheck();
    private final ResourceLeakDetector<Object> detector = check.newDetector(Object.class);

    @Test
    void sessionClosed_afterALostResource_failsAndNamesIt() {
        detector.track(new Object());

        assertThatThrownBy(check::verify)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("LEAK")
                .hasMessageContaining("Object")
                .hasMessageContaining("LeakCheckTest");
    }

    @Test
    void sessionClosed_afterAReleasedResource_isSilent() {
        Object resource = new Object();
        ResourceLeakTracker<Object> tracker = detector.track(resource);
        tracker.close(resource);

        assertThatCode(check::verify).doesNotThrowAnyException();
    }
}
