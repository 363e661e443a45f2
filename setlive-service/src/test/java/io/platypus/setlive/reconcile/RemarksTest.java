package io.platypus.setlive.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.platypus.intent.AppName;
import io.platypus.intent.Limits;
import io.platypus.intent.RunPolicy;
import io.platypus.runtime.reconcile.Target;
import io.platypus.setlive.Intents;
import io.platypus.setlive.MemorySupervisor;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class RemarksTest {
    private static final Limits ALL =
            new Limits(OptionalLong.of(1 << 20), OptionalInt.of(10), OptionalInt.of(16));

    @Test
    void namesTheLimitsThatNobodyKeeps() {
        assertThat(remark(ALL))
                .isEqualTo("not enforced by this node's supervisor: limits.cpu, limits.memory");
    }

    @Test
    void saysNothingWhereAllIsAsItShouldBe() {
        assertThat(remark(Limits.NONE)).isEmpty();
        assertThat(remark(new Limits(OptionalLong.empty(), OptionalInt.empty(), ALL.files())))
                .isEmpty();
        assertThat(Remarks.of(new Target.Unassigned(new AppName("slug")), new MemorySupervisor()))
                .isEmpty();
    }

    private static String remark(Limits limits) {
        RunPolicy run =
                new RunPolicy(
                        Optional.empty(),
                        Optional.empty(),
                        RunPolicy.DEFAULT_STOP_GRACE,
                        RunPolicy.DEFAULT_START_TIMEOUT,
                        limits);
        return Remarks.of(
                Intents.of("slug", Path.of("/srv/slug")).run(run).target(), new MemorySupervisor());
    }
}
