package io.platypus.setlive.plan;

import java.util.Optional;

/**
 * What one look at the world showed of one app. For an app that is not assigned, only {@code
 * defined}, {@code running}, {@code catalogSettled} and {@code former} mean anything: its base
 * directory is not known any more.
 *
 * @param objection why nothing may be done about the app, if so; then, and while the wanted install
 *     is not ready, neither health nor catalog has been looked at
 * @param readiness of the wanted install
 * @param current the link
 * @param configWritten whether the configuration file is as wanted
 * @param service what the supervisor shows
 * @param catalogSettled whether the catalog is known to hold what is wanted: this version where one
 *     is active, nothing otherwise
 * @param former of an app that is not assigned any more and still runs, what must be held to stop
 *     it: for the cluster that it is announced for, if that is known
 * @param restart how it stands to a request that it be restarted
 * @param hooks how those of the wanted install stand
 */
public record Observed(
        Optional<Objection> objection,
        Readiness readiness,
        Link current,
        boolean configWritten,
        Service service,
        boolean catalogSettled,
        Optional<Claim> former,
        Restart restart,
        Hook.States hooks) {

    /** Of a base directory that may be written. */
    public Observed(
            Readiness readiness,
            Link current,
            boolean configWritten,
            Service service,
            boolean catalogSettled) {
        this(
                Optional.empty(),
                readiness,
                current,
                configWritten,
                service,
                catalogSettled,
                Optional.empty(),
                Restart.NONE,
                Hook.States.ABSENT);
    }

    /**
     * What the supervisor shows.
     *
     * @param defined whether the supervisor has a service of this app at all
     * @param configured whether it is defined exactly as wanted
     * @param running its process, if one runs
     * @param health of that process
     * @param guarded whether somebody would start it again; looked at only while it runs
     */
    public record Service(
            boolean defined,
            boolean configured,
            Optional<Running> running,
            Health health,
            boolean guarded) {

        /** Of one that would be started again. */
        public Service(
                boolean defined, boolean configured, Optional<Running> running, Health health) {
            this(defined, configured, running, health, true);
        }
    }
}
