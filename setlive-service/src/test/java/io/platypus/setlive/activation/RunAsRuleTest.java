package io.platypus.setlive.activation;

import static org.assertj.core.api.Assertions.assertThat;

import io.platypus.intent.AppIntent;
import io.platypus.intent.RunAs;
import io.platypus.intent.RunPolicy;
import io.platypus.setlive.Intents;
import io.platypus.setlive.plan.Objection;
import io.platypus.setlive.plan.SetliveReason;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class RunAsRuleTest {
    private static final boolean REQUIRED = true;
    private static final boolean ROOT = true;

    @Test
    void refusesRootWhereAnAccountIsRequired() throws Exception {
        assertThat(new RunAsRule(REQUIRED, ROOT).objection(as("")))
                .map(Objection::reason)
                .contains(SetliveReason.RUN_AS_REQUIRED);
        assertThat(new RunAsRule(REQUIRED, ROOT).objection(as("root"))).isEmpty();
        assertThat(new RunAsRule(REQUIRED, ROOT).objection(as("nobody"))).isEmpty();
        assertThat(new RunAsRule(REQUIRED, !ROOT).objection(as(""))).isEmpty();
    }

    @Test
    void lastsNoLongerThanAVersionIsActive() throws Exception {
        AppIntent retired = Intents.of("slug", Path.of("/srv/slug")).intent();
        assertThat(new RunAsRule(REQUIRED, ROOT).objection(retired)).isEmpty();
    }

    @Test
    void warnsOfRootOnceForEachApp(CapturedOutput output) throws Exception {
        RunAsRule rule = new RunAsRule(!REQUIRED, ROOT);
        for (int pass = 0; pass < 3; pass++) {
            assertThat(rule.objection(as(""))).isEmpty();
            assertThat(rule.objection(as("nobody"))).isEmpty();
        }
        assertThat(output.getAll().split("runs as root", -1)).hasSize(2);
        assertThat(output).contains("slug");
    }

    @Test
    void namesTheUserOrGroupThatTheMachineDoesNotHave() throws Exception {
        RunAsRule rule = new RunAsRule(!REQUIRED, !ROOT);
        for (String account : new String[] {"nosuch", "nosuch:root", "root:nosuch"}) {
            assertThat(rule.objection(as(account)))
                    .hasValueSatisfying(objection -> {
                        assertThat(objection.reason()).isEqualTo(SetliveReason.RUN_AS_UNKNOWN);
                        assertThat(objection.message())
                                .endsWith("'nosuch'; make it, or change run_as");
                    });
        }
    }

    private static AppIntent as(String account) {
        Optional<RunAs> runAs =
                account.isEmpty() ? Optional.empty() : Optional.of(RunAs.parse(account));
        return Intents.of("slug", Path.of("/srv/slug"))
                .active("1")
                .run(
                        new RunPolicy(
                                runAs,
                                Optional.empty(),
                                RunPolicy.DEFAULT_STOP_GRACE,
                                RunPolicy.DEFAULT_START_TIMEOUT))
                .intent();
    }
}
