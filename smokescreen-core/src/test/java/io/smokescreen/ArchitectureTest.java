package io.smokescreen;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaConstructor;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import io.smokescreen.api.SocketDialer;
import io.smokescreen.internal.upstream.GuardedSocketDialer;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The shape of the engine and the safety of its way to the network, held by the build instead of by discipline. */
class ArchitectureTest {

    private static final String FACE = "io.smokescreen";
    private static final String API = "io.smokescreen.api";
    private static final String ENGINE = "io.smokescreen.internal.";

    /** Which engine package may import which; the table of the design, and the only place to change it. */
    private static final Map<String, Set<String>> MAY_IMPORT = Map.ofEntries(
            Map.entry("listener", Set.of("exchange", "tls", "track")),
            Map.entry(
                    "exchange",
                    Set.of(
                            "request",
                            "policy",
                            "address",
                            "limit",
                            "upstream",
                            "relay",
                            "tls",
                            "mitm",
                            "track",
                            "x509")),
            Map.entry("request", Set.of()),
            Map.entry("policy", Set.of("request", "yaml")),
            Map.entry("address", Set.of()),
            Map.entry("limit", Set.of()),
            Map.entry("upstream", Set.of("address", "request", "tls")),
            Map.entry("relay", Set.of("request", "tls", "track")),
            Map.entry("mitm", Set.of("address", "tls")),
            Map.entry("track", Set.of()),
            Map.entry("yaml", Set.of()),
            Map.entry("tls", Set.of("track", "x509")),
            Map.entry("x509", Set.of()));

    private static final int MOST_PUBLIC_TYPES = 64;

    private static final JavaClasses PRODUCTION = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(FACE);

    private static final SliceAssignment EACH_PACKAGE = new SliceAssignment() {
        @Override
        public SliceIdentifier getIdentifierOf(JavaClass type) {
            return type.getPackageName().startsWith(FACE)
                    ? SliceIdentifier.of(type.getPackageName())
                    : SliceIdentifier.ignore();
        }

        @Override
        public String getDescription() {
            return "packages";
        }
    };

    @Test
    void rules_seeBothModules() {
        assertThat(PRODUCTION.contain(Smokescreen.class)).isTrue();
        assertThat(PRODUCTION.contain(io.smokescreen.api.AclPolicy.class)).isTrue();
        assertThat(PRODUCTION.contain(ArchitectureTest.class)).isFalse();
    }

    @Nested
    class Packages {

        @Test
        void packages_formNoCycle() {
            check(slices().assignedFrom(EACH_PACKAGE).should().beFreeOfCycles());
        }

        @Test
        void engine_hasNoPackageOutsideTheTable() {
            String[] known =
                    MAY_IMPORT.keySet().stream().map(name -> ENGINE + name).toArray(String[]::new);
            check(classes().that().resideInAPackage(ENGINE + ".").should().resideInAnyPackage(known));
        }

        @ParameterizedTest
        @MethodSource("io.smokescreen.ArchitectureTest#enginePackages")
        void enginePackage_importsOnlyWhatTheTableSays(String name) {
            Set<String> allowed = new HashSet<>(MAY_IMPORT.get(name));
            allowed.add(name);
            String[] allowedPackages =
                    allowed.stream().map(each -> ENGINE + each).toArray(String[]::new);
            check(noClasses()
                    .that()
                    .resideInAPackage(ENGINE + name)
                    .should()
                    .dependOnClassesThat(resideInAPackage(ENGINE + ".")
                            .and(DescribedPredicate.not(resideInAnyPackage(allowedPackages)))
                            .as("reside in an engine package other than " + allowed)));
        }

        @Test
        void engine_doesNotKnowThePublicFace() {
            check(noClasses()
                    .that()
                    .resideInAPackage(ENGINE + ".")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage(FACE));
        }

        @Test
        void packages_areNullMarked() {
            JavaPackage root = PRODUCTION.getPackage(FACE);
            Stream<JavaPackage> all = Stream.concat(Stream.of(root), root.getSubpackagesInTree().stream());
            assertThat(all.filter(each -> !each.getClasses().isEmpty())
                            .filter(each -> !each.isAnnotatedWith(NullMarked.class))
                            .map(JavaPackage::getName))
                    .isEmpty();
        }
    }

    @Nested
    class Dependencies {

        @Test
        void api_dependsOnTheJdkAndJSpecifyOnly() {
            check(classes()
                    .that()
                    .resideInAPackage(API)
                    .should()
                    .onlyDependOnClassesThat()
                    .resideInAnyPackage(API, "java..", "javax.net..", "javax.security..", "org.jspecify.."));
        }

        /** A list of what it may use, so that a log backend, a flag parser or a metrics library cannot slip in. */
        @Test
        void core_dependsOnItsFewLibrariesOnly() {
            check(classes()
                    .that()
                    .resideInAPackage(FACE + "..")
                    .should()
                    .onlyDependOnClassesThat()
                    .resideInAnyPackage(
                            FACE + "..",
                            "java..",
                            "jdk.net..",
                            "javax.crypto..",
                            "javax.net..",
                            "javax.security..",
                            "org.jspecify..",
                            "org.slf4j..",
                            "io.github.bucket4j..",
                            "io.netty..",
                            "inet.ipaddr..",
                            "org.bouncycastle..",
                            "org.snakeyaml.engine.."));
        }

        @Test
        void nettyTypes_areNotInPublicSignatures() {
            check(classes()
                    .that()
                    .resideInAnyPackage(FACE, API)
                    .and()
                    .arePublic()
                    .should(showNoTypeOutside("java", "javax", FACE, API)));
        }

        @Test
        void publicTypes_areFew() {
            List<String> names = PRODUCTION.stream()
                    .filter(resideInAnyPackage(FACE, API))
                    .filter(ArchitectureTest::isVisible)
                    .map(JavaClass::getName)
                    .sorted()
                    .toList();
            assertThat(names).isNotEmpty().hasSizeLessThanOrEqualTo(MOST_PUBLIC_TYPES);
        }
    }

    /** A name is resolved once, judged once, and only what was judged is connected to. */
    @Nested
    class WayToTheNetwork {

        @Test
        void jdkResolution_isNotUsed() {
            DescribedPredicate<JavaAccess<?>> resolvesText = DescribedPredicate.describe(
                    "new InetSocketAddress(String, int)",
                    access -> access.getTargetOwner().isEquivalentTo(InetSocketAddress.class)
                            && access.getTarget() instanceof AccessTarget.CodeUnitAccessTarget unit
                            && unit.getName().equals(JavaConstructor.CONSTRUCTOR_NAME)
                            && unit.getRawParameterTypes().size() == 2
                            && unit.getRawParameterTypes().get(0).isEquivalentTo(String.class));
            check(noClasses()
                    .should()
                    .accessTargetWhere(targets("java.net.InetAddress", "getByName", "getAllByName", "getLocalHost"))
                    .orShould()
                    .accessTargetWhere(resolvesText)
                    .because("it blocks, and it reads 127.1, 2130706433 and 0177.0.0.1 as addresses"));
        }

        @Test
        void lenientAddressParsers_areNotUsed() {
            check(noClasses()
                    .should()
                    .accessTargetWhere(
                            targets("io.netty.util.NetUtil", "createByteArrayFromIpAddressString", "getByName"))
                    .orShould()
                    .accessTargetWhere(targets("io.netty.util.NetUtil", "createInetAddressFromIpAddressString"))
                    .orShould()
                    .accessTargetWhere(targets("io.netty.util.NetUtil", "isValidIpV4Address", "isValidIpV6Address"))
                    .orShould()
                    .accessTargetWhere(
                            targets("io.netty.util.internal.SocketUtils", "addressByName", "allAddressesByName"))
                    .orShould()
                    .dependOnClassesThat()
                    .haveFullyQualifiedName("inet.ipaddr.HostName")
                    .because("two parsers that read one text differently are a bypass"));
        }

        @Test
        void connect_isCalledInUpstreamOnly() {
            DescribedPredicate<JavaAccess<?>> connects = DescribedPredicate.describe(
                    "connects a Netty channel",
                    call -> call.getTarget().getName().equals("connect")
                            && (call.getTargetOwner().isAssignableTo("io.netty.bootstrap.Bootstrap")
                                    || call.getTargetOwner()
                                            .isAssignableTo("io.netty.channel.ChannelOutboundInvoker")));
            check(noClasses()
                    .that(resideOutsideOfPackage(ENGINE + "upstream"))
                    .should()
                    .accessTargetWhere(connects));
        }

        @Test
        void jdkClients_areNotUsed() {
            // The types of trust and key managers name Socket in their methods, a dialer is the application's; none
            // opens any.
            check(noClasses()
                    .that()
                    .areNotAssignableTo(X509ExtendedTrustManager.class)
                    .and()
                    .areNotAssignableTo(X509ExtendedKeyManager.class)
                    .and()
                    .areNotAssignableTo(SocketDialer.class)
                    .and() // takes what the application's dialer opened, if it is connected to what was vetted
                    .doNotBelongToAnyOf(GuardedSocketDialer.class)
                    .should()
                    .dependOnClassesThat(resideInAPackage("java.net.http")
                            .or(isOneOf(
                                    "java.net.Socket",
                                    "java.net.DatagramSocket",
                                    "java.net.URLConnection",
                                    "java.net.HttpURLConnection",
                                    "java.nio.channels.SocketChannel",
                                    "java.nio.channels.DatagramChannel",
                                    "java.nio.channels.AsynchronousSocketChannel")))
                    .because("upstream opens Netty channels to vetted addresses, and nothing else opens any"));
        }

        @Test
        void vettedAddresses_areMadeWhereAddressesAreClassified() {
            DescribedPredicate<JavaAccess<?>> makesOne = DescribedPredicate.describe(
                    "makes a VettedAddress",
                    call -> call.getTargetOwner().getSimpleName().equals("VettedAddress")
                            && call.getTarget() instanceof AccessTarget.CodeUnitAccessTarget unit
                            && (unit.getName().equals(JavaConstructor.CONSTRUCTOR_NAME) || isFactory(unit)));
            check(noClasses()
                    .that(resideOutsideOfPackage(ENGINE + "address"))
                    .should()
                    .accessTargetWhere(makesOne));
        }

        private static boolean isFactory(AccessTarget.CodeUnitAccessTarget target) {
            return target.getRawReturnType().equals(target.getOwner())
                    && target.resolveMember().stream()
                            .anyMatch(each -> each.getModifiers().contains(JavaModifier.STATIC));
        }
    }

    /** A library leaves the process and its global state to the application. */
    @Nested
    class Manners {

        @Test
        void process_isNotEnded() {
            check(noClasses()
                    .should()
                    .accessTargetWhere(targets("java.lang.System", "exit"))
                    .orShould()
                    .accessTargetWhere(targets("java.lang.Runtime", "exit", "halt", "addShutdownHook")));
        }

        @Test
        void globalState_isNotTouched() {
            check(noClasses()
                    .should()
                    .accessTargetWhere(targets("java.lang.System", "setProperty", "setProperties", "setOut", "setErr"))
                    .orShould()
                    .accessTargetWhere(
                            targets("java.security.Security", "addProvider", "insertProviderAt", "setProperty"))
                    .orShould()
                    .accessTargetWhere(targets("io.netty.util.ResourceLeakDetector", "setLevel")));
        }

        @Test
        void console_isNotWritten() {
            check(noClasses()
                    .should()
                    .accessField(System.class, "out")
                    .orShould()
                    .accessField(System.class, "err")
                    .orShould()
                    .accessTargetWhere(targets("java.lang.Throwable", "printStackTrace")));
        }
    }

    static Stream<String> enginePackages() {
        return MAY_IMPORT.keySet().stream().sorted();
    }

    /** Packages of the table that hold nothing yet are no violation. */
    private static void check(ArchRule rule) {
        rule.allowEmptyShould(true).check(PRODUCTION);
    }

    private static DescribedPredicate<JavaAccess<?>> targets(String owner, String... methods) {
        Set<String> names = Set.of(methods);
        return DescribedPredicate.describe(
                owner + " " + Arrays.toString(methods),
                call -> call.getTargetOwner().getName().equals(owner)
                        && names.contains(call.getTarget().getName()));
    }

    private static DescribedPredicate<JavaClass> isOneOf(String... names) {
        Set<String> set = Set.of(names);
        return DescribedPredicate.describe("one of " + set, type -> set.contains(type.getName()));
    }

    /** Public itself, and in public types only. */
    private static boolean isVisible(JavaClass type) {
        return type.getModifiers().contains(JavaModifier.PUBLIC)
                && type.getEnclosingClass().map(ArchitectureTest::isVisible).orElse(true);
    }

    private static ArchCondition<JavaClass> showNoTypeOutside(String... packages) {
        return new ArchCondition<>("show no type from outside of " + Arrays.toString(packages)) {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                type.getAllRawSuperclasses().forEach(each -> report(type.getName(), each, events));
                type.getAllRawInterfaces().forEach(each -> report(type.getName(), each, events));
                type.getMembers().stream()
                        .filter(this::isShown)
                        .forEach(member -> typesOf(member).forEach(each -> report(member.getFullName(), each, events)));
            }

            private boolean isShown(JavaMember member) {
                return member.getModifiers().contains(JavaModifier.PUBLIC)
                        || member.getModifiers().contains(JavaModifier.PROTECTED);
            }

            private Stream<JavaClass> typesOf(JavaMember member) {
                if (member instanceof JavaField field) {
                    return field.getType().getAllInvolvedRawTypes().stream();
                }
                JavaCodeUnit unit = (JavaCodeUnit) member;
                Stream<JavaType> signature =
                        Stream.concat(unit.getParameterTypes().stream(), Stream.of(unit.getReturnType()));
                return Stream.concat(
                        signature.flatMap(each -> each.getAllInvolvedRawTypes().stream()),
                        unit.getExceptionTypes().stream());
            }

            private void report(String where, JavaClass shown, ConditionEvents events) {
                JavaClass base = shown.getBaseComponentType();
                String name = base.getName();
                boolean known = Arrays.stream(packages).anyMatch(each -> name.startsWith(each + "."));
                boolean allowed = base.isPrimitive() || (known && !name.startsWith(ENGINE));
                if (!allowed) {
                    events.add(SimpleConditionEvent.violated(shown, where + " shows " + name));
                }
            }
        };
    }
}
