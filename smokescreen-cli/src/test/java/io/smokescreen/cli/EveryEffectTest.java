package io.smokescreen.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.smokescreen.cli.config.Setting;
import io.smokescreen.cli.config.Settings;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.EnumSource;

/** No setting is without a test that shows its effect on a running process, given as a flag and given in the file. */
class EveryEffectTest {

    private static final List<Class<?>> TESTS = List.of(
            ListeningEffectsTest.class,
            TlsEffectsTest.class,
            PolicyEffectsTest.class,
            ConnectingEffectsTest.class,
            InterceptionEffectsTest.class,
            NextHopEffectsTest.class,
            WaitingEffectsTest.class,
            OperatingEffectsTest.class);

    @Test
    void every_setting_is_shown_by_flag_and_by_file() {
        Set<String> shown = tests().flatMap(
                        test -> Arrays.stream(test.getAnnotation(Shows.class).value()))
                .collect(Collectors.toSet());

        assertThat(shown)
                .containsExactlyInAnyOrderElementsOf(
                        Settings.ALL.stream().<String>map(Setting::flag).toList());
        assertThat(tests())
                .allMatch(test -> test.getAnnotation(EnumSource.class).value() == By.class);
    }

    private static Stream<Method> tests() {
        return TESTS.stream()
                .flatMap(type -> Arrays.stream(type.getDeclaredMethods()))
                .filter(method -> method.isAnnotationPresent(Shows.class));
    }
}
