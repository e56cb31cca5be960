package io.kubrig.standalone;

import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.component.StartException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code up --detach}: the cluster in a process of its own session, awaited until it is ready. */
final class Detached {
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(20);
  private static final Duration FOREVER = Duration.ofDays(365);
  private static final String LAUNCHER = "KUBRIG_LAUNCHER";

  private final DataDirectory directory;
  private final Progress progress;

  Detached(DataDirectory directory, Progress progress) {
    this.directory = directory;
    this.progress = progress;
  }

  /** Starts the process and returns 0 when its cluster is ready, 1 with what it said when it ended before that. */
  int start(List<String> arguments) throws InterruptedException, IOException {
    progress.begins("Starting the cluster in the background");
    Outcome outcome = launch(arguments, FOREVER);
    progress.line(outcome.said.strip());
    return outcome.ready ? 0 : 1;
  }

  /** How it went. @param ready whether the cluster is; @param said what the process said until then */
  record Outcome(boolean ready, String said) {}

  /** Starts the process and returns when its cluster is ready, or it ended before that; one that takes too long is ended. */
  Outcome launch(List<String> arguments, Duration patience) throws InterruptedException, IOException {
    directory.take().close(); // the errors of a directory that cannot be used are told here, not in a file
    Path output = directory.path().resolve("up.out");
    List<String> command = new ArrayList<>(List.of("setsid"));
    command.addAll(program());
    command.addAll(arguments);
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .redirectInput(new File("/dev/null"))
            .start();
    Instant end = Clock.system().now().plus(patience);
    while (process.isAlive() && !directory.isReady()) {
      if (Clock.system().now().isAfter(end)) {
        process.destroy();
        process.waitFor();
      } else {
        Clock.system().sleep(BETWEEN_LOOKS);
      }
    }
    return new Outcome(process.isAlive(), Files.readString(output));
  }

  /** How this program was started: by the launcher, or as a class path. */
  private static List<String> program() {
    String launcher = System.getenv(LAUNCHER);
    if (launcher != null) {
      return List.of(launcher);
    }
    Optional<String> java = ProcessHandle.current().info().command();
    return List.of(
        java.orElseThrow(() -> new StartException("this process does not know its own program: start it with ./kubrig")),
        "-cp",
        System.getProperty("java.class.path"),
        Main.class.getName());
  }
}
