package io.smokescreen.cli.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.util.Optional;
import org.slf4j.LoggerFactory;

/**
 * Logback's set-up in code, found through {@code META-INF/services}: the proxy at INFO, libraries at WARN, all of it as
 * JSON on standard output, until {@link #apply} says otherwise. Code starts faster than XML and leaves nothing to find on the
 * class path.
 */
@ConfiguratorRank(ConfiguratorRank.CUSTOM_HIGH_PRIORITY)
public final class LogConfigurator extends ContextAwareBase implements Configurator {

    private static final String OWN = "io.smokescreen";
    private static final String APPENDER = "lines";

    /** For {@link java.util.ServiceLoader}. */
    public LogConfigurator() {}

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        configure(context, LogLevel.INFO, LogFormat.JSON, FileDescriptor.out);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    /** Logs on standard output from here on; what is queued is written first. */
    public static void apply(LogLevel level, LogFormat format) {
        context().ifPresent(context -> configure(context, level, format, FileDescriptor.out));
    }

    /** Logs on standard error from here on, for people, where standard output belongs to a result. */
    public static void useStandardError(LogLevel level) {
        context().ifPresent(context -> configure(context, level, LogFormat.TEXT, FileDescriptor.err));
    }

    /** {@return how many lines were dropped since the last {@link #apply}, for a metric} */
    public static long droppedLines() {
        return context()
                .map(context ->
                        context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).getAppender(APPENDER))
                .map(appender -> ((AsyncLineAppender) appender).droppedInAll())
                .orElse(0L);
    }

    /** Writes what is queued. Nothing is logged afterwards. */
    public static void flushAndStop() {
        context().ifPresent(LoggerContext::stop);
    }

    private static void configure(LoggerContext context, LogLevel level, LogFormat format, FileDescriptor target) {
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.detachAndStopAllAppenders();
        // Not System.out: a PrintStream hides the IOException of a full disk or a broken pipe.
        AsyncLineAppender appender = new AsyncLineAppender(new FileOutputStream(target), encoder(format));
        appender.setContext(context);
        appender.setName(APPENDER);
        appender.start();
        root.setLevel(level == LogLevel.ERROR ? Level.ERROR : Level.WARN);
        root.addAppender(appender);
        context.getLogger(OWN).setLevel(level.level());
    }

    private static LineEncoder encoder(LogFormat format) {
        return switch (format) {
            case JSON -> new JsonLineEncoder();
            case TEXT -> new TextLineEncoder();
        };
    }

    /** Another log backend may be on the class path of a host application; it is configured there. */
    private static Optional<LoggerContext> context() {
        return LoggerFactory.getILoggerFactory() instanceof LoggerContext context
                ? Optional.of(context)
                : Optional.empty();
    }
}
