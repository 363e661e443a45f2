package io.platypus.setlive.supervisor;

import io.platypus.intent.AppName;
import java.nio.file.Path;
import java.time.Duration;

/** An agent's work on another machine: the app {@code up} runs, the app {@code down} is stopped. */
public final class TwoServices {
    private TwoServices() {}

    public static void main(String[] arguments) throws Exception {
        Supervisor supervisor =
                new SystemdSupervisor(
                        SystemdSupervisor.UNITS, "platypus-", Path.of("/var/lib/platypus/setlive"));
        for (String name : new String[] {"up", "down"}) {
            SampleApp app = new SampleApp(new AppName(name), Path.of("/srv", name));
            app.with("1", SampleApp.PLAIN).current("1");
            supervisor.configure(app.definition());
            supervisor.start(app.name(), Duration.ofSeconds(15));
        }
        supervisor.stop(new AppName("down"), Duration.ofSeconds(10));
    }
}
