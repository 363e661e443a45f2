package io.platypus.setlive.plan;

import io.platypus.intent.Version;
import io.platypus.runtime.reconcile.Step;
import java.util.Optional;

/** One piece of an activation. Every step can be done again after a crash at any point. */
public sealed interface ActivationStep extends Step {
    /** Waits until the preparer has installed the version; what runs goes on. */
    record AwaitInstall(Version version) implements ActivationStep {}

    /**
     * Cannot go on until somebody acts.
     *
     * @param why one of the reasons of the state {@code BLOCKED}
     */
    record Blocked(SetliveReason why, String message) implements ActivationStep {}

    /** Takes the right to have one instance down, or waits for it. */
    record TakeLease(Claim claim) implements ActivationStep {}

    /**
     * Stops the service, after asking the store once more.
     *
     * @param lease what must be held at this moment, and spared by the cluster, if anything
     */
    record Stop(Cause cause, Optional<Claim> lease) implements ActivationStep {}

    /** Writes the file of the {@code user_config}. */
    record WriteConfig() implements ActivationStep {}

    /** Makes {@code current} point to this version's install, {@code last} to the one before. */
    record Flip(Version version) implements ActivationStep {}

    /** Runs {@code bin/post-activate} of the install that {@code current} points to now. */
    record PostActivate(Version version) implements ActivationStep {}

    /** Removes {@code current}; {@code last} points to what it was. */
    record Unlink() implements ActivationStep {}

    /** Defines the service for the supervisor. */
    record Configure() implements ActivationStep {}

    /** Starts the service. */
    record Start(Version version) implements ActivationStep {}

    /** Waits until this version runs and is healthy; then the lease is given back. */
    record AwaitHealthy(Version version) implements ActivationStep {}

    /** Runs {@code bin/enable} of the install that was started. */
    record Enable(Version version) implements ActivationStep {}

    /**
     * Announces the instance in the catalog.
     *
     * @param restart the request to restart that it has been started for, or none
     */
    record Register(Version version, Optional<String> restart) implements ActivationStep {}

    /** Withdraws the instance from the catalog. */
    record Deregister() implements ActivationStep {}

    /** Removes the stopped service from the supervisor. */
    record RemoveService() implements ActivationStep {}

    @Override
    default String name() {
        return switch (this) {
            case AwaitInstall _ -> "await_install";
            case Blocked _ -> "blocked";
            case TakeLease _ -> "take_lease";
            case Stop _ -> "stop";
            case WriteConfig _ -> "write_config";
            case Flip _ -> "flip";
            case PostActivate _ -> "post_activate";
            case Unlink _ -> "unlink";
            case Configure _ -> "configure";
            case Start _ -> "start";
            case AwaitHealthy _ -> "await_healthy";
            case Enable _ -> "enable";
            case Register _ -> "register";
            case Deregister _ -> "deregister";
            case RemoveService _ -> "remove_service";
        };
    }

    @Override
    default String detail() {
        return switch (this) {
            case AwaitInstall(Version version) -> "version " + version + " to be installed";
            case Blocked(_, String message) -> message;
            case TakeLease(Claim claim) ->
                    "the right to have an instance of " + claim.cluster() + " down";
            case Stop(Cause cause, _) -> "whatever runs of it, cause " + cause.lowerCase();
            case WriteConfig _ -> "the file of the user_config";
            case Flip(Version version) -> "current to version " + version;
            case PostActivate _ -> Hook.POST_ACTIVATE.command();
            case Unlink _ -> "current: no version is active";
            case Configure _ -> "the supervisor's definition of the service";
            case Start(Version version) -> "version " + version;
            case AwaitHealthy(Version version) -> "version " + version + " to run and be healthy";
            case Enable _ -> Hook.ENABLE.command();
            case Register(Version version, _) -> "version " + version + " in the catalog";
            case Deregister _ -> "the instance from the catalog";
            case RemoveService _ -> "the supervisor's definition of the service";
        };
    }

    @Override
    default SetliveReason reason() {
        return switch (this) {
            case AwaitInstall _ -> SetliveReason.NOT_PREPARED;
            case Blocked(SetliveReason why, _) -> why;
            case TakeLease _ -> SetliveReason.WAITING_FOR_LEASE;
            case Stop _ -> SetliveReason.STOPPING;
            case WriteConfig _, Flip _, PostActivate _, Configure _ -> SetliveReason.ACTIVATING;
            case Start _, Enable _, AwaitHealthy _ -> SetliveReason.STARTING;
            case Register _ -> SetliveReason.REGISTERING;
            case Unlink _, Deregister _, RemoveService _ -> SetliveReason.RETIRING;
        };
    }
}
