package io.smokescreen;

/**
 * Loads the rules of a proxy from wherever they are kept, such as files.
 *
 * <p><b>When:</b> once in {@link SmokescreenBuilder#build()}, and again at each {@link Smokescreen#reload()}.
 *
 * <p><b>Thread:</b> the one that builds or reloads, never an event loop, so it may block; calls do not overlap.
 *
 * <p><b>Failures:</b> a throw or a {@code null} fails the build, so that nothing is started. It fails the reload too: all
 * rules stay as they are, one line is logged, and {@code acl.reload_error} is counted.
 *
 * <p><b>Who sees it:</b> each request is decided by the rules that were in force when it began.
 *
 * <pre>{@code
 * RulesSource files = () -> Rules.defaults()
 *         .withAclPolicy(Acl.fromYaml(Path.of("acl.yaml")))
 *         .withAddressRules(AddressRules.builder().allowRange("10.20.0.0/16").build());
 * }</pre>
 *
 * <p>A file should be replaced by renaming a complete one onto it. A file that is being written in place may be read half,
 * and half an ACL can be a valid one.
 */
@FunctionalInterface
public interface RulesSource {

    /**
     * {@return the rules as they are now}
     *
     * @throws Exception for whatever reason; a {@link io.smokescreen.api.ConfigurationException} says what was wrong and
     *     where
     */
    Rules load() throws Exception;
}
