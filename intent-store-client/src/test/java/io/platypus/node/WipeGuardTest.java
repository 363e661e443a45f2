package io.platypus.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.platypus.node.WipeGuard.Verdict;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WipeGuardTest {
    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "-, -, false, -",
                "-, a, false, -",
                "a, a, false, -",
                // The last app.
                "a, -, false, !a",
                "a, -, true, a",
                "a b, -, false, !a b",
                // Exactly half is an operator's doing.
                "a b, a, false, b",
                "a b c d, a b, false, c d",
                // More than half is not.
                "a b c, a, false, !b c",
                "a b c, a, true, b c",
                "a b c, a b, false, c",
                // In place of one comes another.
                "a, b, false, a",
                "a b, c d, false, !a b",
            })
    void judges(String known, String assigned, boolean sentinel, String verdict) {
        assertThat(WipeGuard.judge(set(known), set(assigned), sentinel))
                .isEqualTo(
                        verdict != null && verdict.startsWith("!")
                                ? new Verdict.Suspicious(set(verdict.substring(1)))
                                : new Verdict.Unassigned(set(verdict)));
    }

    private static Set<String> set(@org.jspecify.annotations.Nullable String names) {
        return names == null ? Set.of() : new TreeSet<>(Set.of(names.split(" ")));
    }
}
