package io.platypus.setlive.reconcile;

import io.platypus.runtime.reconcile.Outcome;
import io.platypus.runtime.reconcile.Pass;
import io.platypus.runtime.reconcile.Target;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** A pass that a test steers. */
class TestPass implements Pass {
    private final List<String> messages = new CopyOnWriteArrayList<>();
    private volatile boolean superseded;
    private volatile Optional<Outcome> objection = Optional.empty();

    List<String> messages() {
        return List.copyOf(messages);
    }

    void supersede() {
        superseded = true;
    }

    void object(Outcome outcome) {
        objection = Optional.of(outcome);
    }

    @Override
    public void progress(String message) {
        messages.add(message);
    }

    @Override
    public Optional<Target> wanted() {
        return Optional.empty();
    }

    @Override
    public boolean superseded() {
        return superseded;
    }

    @Override
    public Optional<Outcome> confirm() {
        return objection;
    }
}
