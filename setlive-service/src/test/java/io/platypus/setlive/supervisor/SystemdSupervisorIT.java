package io.platypus.setlive.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/**
 * The contract, and what is of systemd alone, on a machine with a real systemd: each of the tests
 * there is one here.
 */
@Timeout(400)
class SystemdSupervisorIT {
    private static final List<Class<?>> THERE =
            List.of(SystemdSupervisorOnNode.class, SystemdAloneOnNode.class);

    @TestFactory
    List<DynamicTest> onAMachineWithSystemd() throws Exception {
        if (System.getenv("CI") == null
                && !Integer.valueOf(0)
                        .equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"))) {
            Assumptions.abort("only root may start a container with systemd");
        }
        List<DynamicTest> tests = new ArrayList<>();
        try (SystemdNode node = SystemdNode.booted()) {
            Map<String, String> results = results(node);
            results.forEach((name, failure) ->
                    tests.add(DynamicTest.dynamicTest(name, () -> assertPassed(failure))));
            tests.add(
                    DynamicTest.dynamicTest(
                            "allOfThemHaveRun",
                            () -> assertThat(results.keySet()).isEqualTo(expected())));
            tests.addAll(new SystemdReboot(node).tests());
        }
        return tests;
    }

    private static void assertPassed(String failure) {
        if (!failure.isEmpty()) {
            fail("on the machine with systemd: " + failure);
        }
    }

    private static Map<String, String> results(SystemdNode node)
            throws IOException, InterruptedException {
        Process suite =
                node.java(
                        SuiteOnNode.class,
                        THERE.stream().map(Class::getName).toArray(String[]::new));
        Map<String, String> results = new TreeMap<>();
        try (BufferedReader output = suite.inputReader(StandardCharsets.UTF_8)) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                if (line.startsWith(SuiteOnNode.RESULT)) {
                    String[] fields = line.split(" ", 3);
                    results.put(fields[1], decoded(fields[2]));
                } else {
                    System.out.println(line);
                }
            }
        }
        assertThat(suite.waitFor(10, TimeUnit.SECONDS)).isTrue();
        return results;
    }

    private static String decoded(String base64) {
        return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
    }

    private static Set<String> expected() {
        Set<String> names = new TreeSet<>();
        for (Class<?> tests : THERE) {
            for (Class<?> at = tests; at != null; at = at.getSuperclass()) {
                Arrays.stream(at.getDeclaredMethods())
                        .filter(method -> method.isAnnotationPresent(Test.class))
                        .map(Method::getName)
                        .forEach(names::add);
            }
        }
        return names;
    }
}
