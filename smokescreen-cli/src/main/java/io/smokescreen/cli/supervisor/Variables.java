package io.smokescreen.cli.supervisor;

import io.smokescreen.api.ConfigurationException;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Reads environment variables strictly: another program wrote them, so one that is malformed is not to be guessed at. */
record Variables(Map<String, String> environment) {

    private static final int MAX_DIGITS = 18;

    /** {@return the text; none if the variable is missing or empty} */
    Optional<String> text(String name) {
        return Optional.ofNullable(environment.get(name)).filter(text -> !text.isEmpty());
    }

    /**
     * {@return the decimal number; none if the variable is missing or empty}
     *
     * @throws ConfigurationException if it is something else
     */
    OptionalLong number(String name) {
        Optional<String> text = text(name);
        if (text.isEmpty()) {
            return OptionalLong.empty();
        }
        if (text.get().length() > MAX_DIGITS || !text.get().chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new ConfigurationException(name + ": '" + text.get() + "' is not a number (expected decimal digits)");
        }
        return OptionalLong.of(Long.parseLong(text.get()));
    }

    /**
     * {@return the number of a descriptor}
     *
     * @throws ConfigurationException if the variable is missing or is none
     */
    int descriptor(String name) {
        long number = number(name)
                .orElseThrow(
                        () -> new ConfigurationException(name + " is missing (expected the descriptor to listen on)"));
        if (number < 3 || number > Integer.MAX_VALUE) {
            throw new ConfigurationException(
                    name + ": '" + number + "' is not a descriptor that can be handed over (expected 3 or more)");
        }
        return (int) number;
    }
}
