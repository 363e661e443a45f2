import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Processes that belong to the demo: they name its directory, or work in it, and have no terminal,
 * as everything below an agent; so a shell or a pager of the user's is none.
 */
record Leftovers(Path dir) {
    List<ProcessHandle> find() {
        return ProcessHandle.allProcesses()
                .filter(process -> process.pid() != ProcessHandle.current().pid())
                .filter(process -> names(process) || worksIn(process))
                .filter(process -> !hasTerminal(process))
                .toList();
    }

    static String describe(ProcessHandle process) {
        return process.pid() + " " + process.info().commandLine().orElse("");
    }

    private boolean names(ProcessHandle process) {
        return process.info().commandLine().filter(line -> line.contains(dir.toString())).isPresent();
    }

    private boolean worksIn(ProcessHandle process) {
        try {
            return Files.readSymbolicLink(proc(process, "cwd")).startsWith(dir);
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean hasTerminal(ProcessHandle process) {
        try {
            String stat = Files.readString(proc(process, "stat"));
            // After the name in brackets: state, parent, group, session, terminal.
            return !stat.substring(stat.lastIndexOf(')') + 2).split(" ")[4].equals("0");
        } catch (IOException e) {
            return false;
        }
    }

    private static Path proc(ProcessHandle process, String file) {
        return Path.of("/proc", Long.toString(process.pid()), file);
    }
}
