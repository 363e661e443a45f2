package io.platypus.setlive.supervisor;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * All processes of one service: its main process, that one's group and session, every process with
 * one of the service's marks in its environment, and all their descendants. What was once seen to
 * belong is remembered, so that it is found after its parent has ended. Not for use by many
 * threads.
 */
final class ProcessTree {
    private static final Duration KILL_WAIT = Duration.ofSeconds(5);

    /** A variable and its value that only processes of the service have. */
    record Mark(String name, String value) {}

    private final Optional<ProcessStat> main;
    private final List<Mark> marks;
    private final Map<Long, ProcessStat> known = new HashMap<>();

    ProcessTree(Optional<ProcessStat> main, List<Mark> marks) {
        this.main = main;
        this.marks = List.copyOf(marks);
    }

    /** Those that run now. */
    List<ProcessStat> running() throws IOException {
        List<ProcessStat> all = ProcessStat.all();
        Set<Long> members = new HashSet<>();
        for (ProcessStat process : all) {
            if (belongs(process)) {
                members.add(process.pid());
            }
        }
        boolean grown = true;
        while (grown) {
            grown = false;
            for (ProcessStat process : all) {
                grown |= members.contains(process.parent()) && members.add(process.pid());
            }
        }
        // An agent that stops its own service must live to see the end of it.
        members.remove(ProcessHandle.current().pid());
        List<ProcessStat> running =
                all.stream().filter(process -> members.contains(process.pid())).toList();
        running.forEach(process -> known.put(process.pid(), process));
        return running;
    }

    /**
     * Ends them: TERM, and after the grace KILL.
     *
     * @param spared gets no TERM, since somebody else sends it
     */
    StopResult end(Duration grace, Optional<ProcessStat> spared)
            throws IOException, InterruptedException {
        for (ProcessStat process : running()) {
            if (spared.filter(other -> other.pid() == process.pid()).isEmpty()) {
                process.signal(false);
            }
        }
        if (Deadline.in(grace).await(() -> running().isEmpty())
                || Deadline.in(KILL_WAIT).await(this::killed)) {
            return new StopResult.Stopped();
        }
        String left =
                running().stream()
                        .map(process -> process.pid() + " (" + process.command() + ")")
                        .collect(Collectors.joining(", "));
        return new StopResult.StillRunning("still there after KILL: processes " + left);
    }

    private boolean killed() throws IOException {
        List<ProcessStat> running = new ArrayList<>(running());
        running.forEach(process -> process.signal(true));
        return running.isEmpty();
    }

    private boolean belongs(ProcessStat process) {
        ProcessStat before = known.get(process.pid());
        return (before != null && before.start() == process.start())
                || main.filter(leader -> isMainOrLedBy(leader, process)).isPresent()
                || marks.stream().anyMatch(mark -> carries(process, mark));
    }

    /** A main process that leads neither shares its group with its supervisor: that is not ours. */
    private static boolean isMainOrLedBy(ProcessStat main, ProcessStat process) {
        return (process.pid() == main.pid() && process.start() == main.start())
                || (main.group() == main.pid() && process.group() == main.pid())
                || (main.session() == main.pid() && process.session() == main.pid());
    }

    private static boolean carries(ProcessStat process, Mark mark) {
        return ProcessStat.environment(process.pid(), mark.name())
                .filter(mark.value()::equals)
                .isPresent();
    }
}
