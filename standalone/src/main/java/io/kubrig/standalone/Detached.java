package io.kubrig.standalone;

import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.component.StartException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code up --detach}: the cluster in a process of its own session, awaited until it is ready. */
final class Detached {
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(20);
  private static final String LAUNCHER = "KUBRIG_LAUNCHER";

  private final DataDirectory directory;
  private final Progress progress;

  Detached(DataDirectory directory, Progress progress) {
    this.directory = directory;
    this.progress = progress;
  }

  /** Starts the process and returns 0 when its cluster is ready, 1 with what it said when it ended before that. */
  int start(List<String> arguments) throws InterruptedException, IOException {
    directory.take().close(); // the errors of a directory that cannot be used are told here, not in a file
    Path output = directory.path().resolve("up.out");
    List<String> command = new ArrayList<>(List.of("setsid"));
    command.addAll(program());
    command.addAll(arguments);
    progress.begins("Starting the cluster in the background");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .redirectInput(new File("/dev/null"))
            .start();
    while (process.isAlive() && !directory.isReady()) {
      Clock.system().sleep(BETWEEN_LOOKS);
    }
    String said = Files.readString(output);
    if (!process.isAlive()) {
      progress.line(said.strip());
      return 1;
    }
    progress.line(said.strip());
    return 0;
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
