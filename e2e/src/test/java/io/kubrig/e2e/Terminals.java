package io.kubrig.e2e;

import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Programs that are to believe that somebody sits before them. */
final class Terminals {
  private Terminals() {}

  /** Starts {@code kubectl} in a pseudo terminal of 24 rows and 80 columns, which {@code script} of util-linux makes. */
  static Process inTerminal(TestCluster cluster, String... arguments) throws IOException {
    String words =
        Stream.concat(Stream.of("stty", "rows", "24", "cols", "80", ";"),
            cluster.kubectlCommand(List.of(arguments)).stream().map(Terminals::quoted))
            .collect(Collectors.joining(" "));
    return new ProcessBuilder("script", "-qec", words, "/dev/null").redirectErrorStream(true).start();
  }

  private static String quoted(String word) {
    return "'" + word.replace("'", "'\\''") + "'";
  }
}
