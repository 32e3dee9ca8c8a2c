package io.smokescreen.testing;

import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import io.netty.util.ResourceLeakTracker;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * Fails the build when a test lost a Netty buffer. JUnit finds it by {@code META-INF/services} before the first test
 * class is loaded, so every detector that Netty makes is one of ours.
 *
 * <p>A leak shows only when the lost buffer has been collected, which may be long after its test. So the verdict comes
 * when the session closes, once for all tests of the JVM, and JUnit has nobody left to tell then: what is thrown here
 * makes the forked JVM end with an error, which fails Surefire, and an IDE shows it on the console.
 */
public final class LeakCheck implements LauncherSessionListener {

    private static final int COLLECTIONS = 4;
    private static final int MILLIS_BETWEEN_COLLECTIONS = 50;

    private final Factory factory = new Factory();

    @Override
    public void launcherSessionOpened(LauncherSession session) {
        ResourceLeakDetectorFactory.setResourceLeakDetectorFactory(factory);
    }

    @Override
    public void launcherSessionClosed(LauncherSession session) {
        verify();
    }

    <T> ResourceLeakDetector<T> newDetector(Class<T> resource) {
        return factory.newResourceLeakDetector(resource, 1);
    }

    void verify() {
        if (factory.detectors.isEmpty()) {
            return;
        }
        for (int i = 0; i < COLLECTIONS; i++) {
            System.gc();
            pause();
            factory.detectors.forEach(Detector::poll);
        }
        if (!factory.leaks.isEmpty()) {
            throw new AssertionError("LEAK: lost in " + factory.leaks.size() + " places, last touched here:\n"
                    + String.join("\n\n", factory.leaks));
        }
    }

    /** References are enqueued by a thread of the JVM some time after the collection. */
    private static void pause() {
        try {
            Thread.sleep(MILLIS_BETWEEN_COLLECTIONS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static final class Factory extends ResourceLeakDetectorFactory {

        final Queue<String> leaks = new ConcurrentLinkedQueue<>();
        final List<Detector<?>> detectors = new CopyOnWriteArrayList<>();

        @Override
        @Deprecated
        public <T> ResourceLeakDetector<T> newResourceLeakDetector(
                Class<T> resource, int samplingInterval, long maxActive) {
            Detector<T> detector = new Detector<>(resource, samplingInterval, leaks);
            detectors.add(detector);
            return detector;
        }
    }

    private static final class Detector<T> extends ResourceLeakDetector<T> {

        private final Queue<String> leaks;

        Detector(Class<T> resource, int samplingInterval, Queue<String> leaks) {
            super(resource, samplingInterval);
            this.leaks = leaks;
        }

        /** Whatever the log level is. */
        @Override
        protected boolean needReport() {
            return true;
        }

        @Override
        protected void reportTracedLeak(String resourceType, String records) {
            leaks.add(resourceType + records);
        }

        @Override
        protected void reportUntracedLeak(String resourceType) {
            leaks.add(resourceType + " (no records: is the leak detection level paranoid?)");
        }

        /** Looks for leaks now; Netty only does so when the next buffer is tracked. */
        @SuppressWarnings("unchecked")
        void poll() {
            T object = (T) new Object();
            ResourceLeakTracker<T> tracker = trackForcibly(object);
            tracker.close(object);
        }
    }
}
