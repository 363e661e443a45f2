package io.platypus.setlive.supervisor;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * Runs the test classes that it is told, in the JVM of another machine, and prints a line for each
 * test: {@code RESULT <class>.<name> <stack trace in base 64>}, empty where the test has passed.
 */
public final class SuiteOnNode implements TestExecutionListener {
    static final String RESULT = "RESULT ";
    private static final PrintStream OUT = System.out;

    private SuiteOnNode() {}

    /** One class after another, so that a later one has the machine for itself. */
    public static void main(String[] classes) {
        for (String name : classes) {
            LauncherFactory.create()
                    .execute(
                            LauncherDiscoveryRequestBuilder.request()
                                    .selectors(DiscoverySelectors.selectClass(name))
                                    .build(),
                            new SuiteOnNode());
        }
    }

    @Override
    public void executionSkipped(TestIdentifier test, String reason) {
        print(test, Optional.of(new IllegalStateException("skipped: " + reason)));
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        if (test.isTest() || result.getThrowable().isPresent()) {
            print(test, result.getThrowable());
        }
    }

    private static synchronized void print(TestIdentifier test, Optional<Throwable> failure) {
        StringWriter trace = new StringWriter();
        failure.ifPresent(thrown -> thrown.printStackTrace(new PrintWriter(trace)));
        String name = test.getLegacyReportingName().replace("()", "");
        OUT.println(
                RESULT
                        + name
                        + " "
                        + Base64.getEncoder()
                                .encodeToString(trace.toString().getBytes(StandardCharsets.UTF_8)));
    }
}
