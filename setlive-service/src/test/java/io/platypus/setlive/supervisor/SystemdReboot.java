package io.platypus.setlive.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.DynamicTest;

/** What becomes of services when their machine is shut down and boots again, without an agent. */
record SystemdReboot(SystemdNode node) {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    /** Done at once, and told as tests: the machine is gone when they are run. */
    List<DynamicTest> tests() throws Exception {
        assertThat(node.java(TwoServices.class).waitFor()).isZero();
        node.sh("systemctl is-active platypus-up.service");
        node.reboot();
        try {
            await().atMost(TIMEOUT)
                    .until(() -> state("up").equals("active") && state("down").equals("inactive"));
        } catch (ConditionTimeoutException e) {
            // Told by the tests below.
        }
        String up = state("up");
        String down = state("down");
        return List.of(
                DynamicTest.dynamicTest(
                        "aRunningServiceIsStartedByTheNextBoot",
                        () -> assertThat(up).isEqualTo("active")),
                DynamicTest.dynamicTest(
                        "aStoppedServiceIsNot", () -> assertThat(down).isEqualTo("inactive")));
    }

    private String state(String app) throws Exception {
        return node.sh("systemctl is-active platypus-" + app + ".service || true");
    }
}
