package io.platypus.setlive.supervisor;

import io.platypus.intent.AppName;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * Runs services and restarts those that crash. It outlives this agent: services go on while the
 * agent is down, and are found again when it is back. Services that it did not make itself are
 * never touched. Every call has a deadline; an {@link IOException} says what was tried and what
 * came back.
 */
public interface Supervisor {
    /** The apps whose services this supervisor made, running or not. */
    Set<AppName> managed() throws IOException, InterruptedException;

    /** What is to be seen of a service; reads only. */
    ServiceState state(AppName app) throws IOException, InterruptedException;

    /** Whether {@code bin/launch} may be a directory of programs, each one a process. */
    boolean launchesDirectories();

    /** The names of those limits that it keeps, of {@code memory}, {@code cpu}, {@code files}. */
    default Set<String> keepsLimits() {
        return Set.of();
    }

    /**
     * Whether what would start a running service again after a crash is there; reads only. Where it
     * is not, a start puts it there and leaves the service as it is.
     */
    default boolean isGuarded(AppName app) throws IOException {
        return true;
    }

    /** Whether the service is configured exactly so; reads only. */
    boolean isConfigured(ServiceDefinition definition) throws IOException, InterruptedException;

    /**
     * Writes or replaces the definition, atomically, without starting a service that is down and
     * without touching one that runs: it applies from the next start.
     */
    void configure(ServiceDefinition definition) throws IOException, InterruptedException;

    /**
     * Keeps how long the service is to be given from TERM to KILL, beside its definition, for when
     * nobody else knows any more; no part of the definition. Idempotent; ignored for a service that
     * is not ours.
     */
    void keepStopGrace(AppName app, Duration grace) throws IOException, InterruptedException;

    /** What was kept; empty where nothing was, or it cannot be understood. */
    Optional<Duration> stopGrace(AppName app) throws IOException, InterruptedException;

    /** Starts a configured service, waiting until it has a process; idempotent. */
    void start(AppName app, Duration timeout) throws IOException, InterruptedException;

    /** Stops the whole process group: TERM, then KILL after the grace; it stays down. */
    StopResult stop(AppName app, Duration grace) throws IOException, InterruptedException;

    /** Removes the definition of a stopped service; one that is absent is no error. */
    void remove(AppName app) throws IOException, InterruptedException;
}
