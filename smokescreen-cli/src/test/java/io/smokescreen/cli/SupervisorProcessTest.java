package io.smokescreen.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The command as a worker of Einhorn and as a service of systemd, under supervisors that speak the real protocols. */
@Timeout(120)
class SupervisorProcessTest {

    private static final String[] FLAGS = {"--allow-range=127.0.0.0/8"};

    @TempDir
    Path folder;

    @BeforeAll
    static void needPython() {
        SupervisorScript.assumePython();
    }

    @Test
    void einhorn_replacesAWorkerUnderLoad_withoutOneFailedRequest() throws Exception {
        try (SupervisorScript einhorn = SupervisorScript.start("einhorn", folder, FLAGS)) {
            einhorn.startWorker("a");
            assertThat(einhorn.report("ack " + einhorn.pid("a")))
                    .endsWith(" {\"command\": \"worker:ack\", \"pid\": " + einhorn.pid("a") + "}");
            assertThat(Files.readString(folder.resolve("a.out")))
                    .contains("\"listen_address\":\"127.0.0.1:" + einhorn.port() + "\"")
                    .contains("\"listener\":\"einhorn, descriptor ");

            try (ContinuousRequests requests = ContinuousRequests.start(einhorn.port())) {
                requests.awaitMore(50);
                einhorn.startWorker("b");
                einhorn.report("ack " + einhorn.pid("b"));
                einhorn.signal("a", "USR2");
                assertThat(einhorn.report("exited a")).isEqualTo("exited a 0");
                requests.awaitMore(50);

                assertThat(requests.failures()).isEmpty();
            }
            assertThat(einhorn.reports("invalid")).isEmpty();
            assertThat(Files.readString(folder.resolve("a.out"))).contains("\"signal\":\"SIGUSR2\"");
            assertThat(Files.readString(folder.resolve("a.err"))).isEmpty();
            await().untilAsserted(() ->
                    assertThat(Files.readString(folder.resolve("b.out"))).contains("CANONICAL-PROXY-DECISION"));
        }
    }

    @Test
    void einhorn_thatCannotBeAcknowledgedTo_isAnError() throws Exception {
        try (SupervisorScript einhorn = SupervisorScript.start("einhorn", folder, FLAGS)) {
            einhorn.startWorker("a", "EINHORN_SOCK_PATH=" + folder.resolve("none"));

            assertThat(einhorn.report("exited a")).isEqualTo("exited a 1");
            assertThat(Files.readString(folder.resolve("a.err")))
                    .startsWith(
                            "smokescreen: cannot acknowledge to Einhorn on EINHORN_SOCK_PATH '" + folder + "/none': ");
        }
    }

    @Test
    void einhorn_whoseDescriptorIsNoSocket_isAnError() throws Exception {
        try (SupervisorScript einhorn = SupervisorScript.start("einhorn", folder, FLAGS)) {
            einhorn.startWorker("a", "EINHORN_FD_0=1000000");

            assertThat(einhorn.report("exited a")).isEqualTo("exited a 1");
            assertThat(Files.readString(folder.resolve("a.err")))
                    .isEqualTo(
                            "smokescreen: cannot listen on descriptor 1000000: it is not open (expected an inherited TCP"
                                    + " socket that is bound and listens)\n");
        }
    }

    @Test
    void systemd_handsOverTheSocketAndHearsOfStartAndStop_andRequestsWaitMeanwhile() throws Exception {
        try (SupervisorScript systemd = SupervisorScript.start("systemd", folder, FLAGS);
                ContinuousRequests requests = ContinuousRequests.start(systemd.port())) { // before there is a process
            systemd.startWorker("a", "WATCHDOG_USEC=200000");
            assertThat(systemd.report("notify READY=1"))
                    .isEqualTo("notify READY=1|STATUS=listening on 127.0.0.1:" + systemd.port());
            requests.awaitMore(50);
            assertThat(Files.readString(folder.resolve("a.out"))).contains("\"listener\":\"systemd, descriptor 3\"");
            await().untilAsserted(() -> assertThat(systemd.reports("notify"))
                    .filteredOn("WATCHDOG=1"::equals)
                    .hasSizeGreaterThan(2));

            systemd.signal("a", "TERM"); // as 'systemctl restart' does: the socket stays, connections queue up
            assertThat(systemd.report("exited a")).isEqualTo("exited a 0");
            systemd.startWorker("b");
            requests.awaitMore(50);

            assertThat(requests.failures()).isEmpty();
            assertThat(systemd.reports("notify")).contains("STOPPING=1|STATUS=draining");
        }
    }
}
