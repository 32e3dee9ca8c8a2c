package io.smokescreen.cli;

import io.smokescreen.NextHopOptions;
import io.smokescreen.api.NextHop;
import io.smokescreen.cli.config.Configuration;
import io.smokescreen.cli.config.NextHopSettings;
import io.smokescreen.cli.config.TlsSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the settings of next hops amount to, with what they leave open from the environment; reads the files they name. */
final class NextHopAssembly {

    private NextHopAssembly() {}

    /**
     * {@return the next hops}
     *
     * @param environment the variables of this process
     * @throws io.smokescreen.api.ConfigurationException if a setting or a variable cannot be used
     */
    static NextHopOptions options(Configuration configuration, Map<String, String> environment) {
        NextHopOptions options = NextHopOptions.defaults()
                .withProvider(configuration.get(TlsSettings.PROVIDER))
                .withVettedAddressSent(configuration.get(NextHopSettings.SEND_IP));
        Optional<NextHop> http = configuration.get(NextHopSettings.HTTP);
        if (http.isPresent()) {
            options = options.withHttp(http.get());
        }
        Optional<NextHop> https = configuration.get(NextHopSettings.HTTPS);
        if (https.isPresent()) {
            options = options.withHttps(https.get());
        }
        return withAuthorities(configuration, withNoProxy(configuration, options))
                .withEnvironment(environment);
    }

    private static NextHopOptions withNoProxy(Configuration configuration, NextHopOptions options) {
        List<String> entries = configuration.get(NextHopSettings.NO_PROXY);
        return entries.isEmpty()
                ? options
                : configuration.check(NextHopSettings.NO_PROXY, () -> options.withNoProxy(entries));
    }

    private static NextHopOptions withAuthorities(Configuration configuration, NextHopOptions options) {
        List<Path> files = configuration.get(NextHopSettings.CA_FILES);
        return files.isEmpty()
                ? options
                : configuration.check(NextHopSettings.CA_FILES, () -> options.withAuthorityFiles(files));
    }
}
