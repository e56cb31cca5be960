package io.kubrig.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The packaged program. It runs as {@code java -jar}, what the launcher {@code kubrig} becomes, under the Java of the tests. */
public final class Kubrig {
  private static final Path ROOT = Files.exists(home().resolve("e2e")) ? home() : home().getParent();
  private static final Path JAR = ROOT.resolve("standalone/target/kubrig-standalone.jar");

  private Kubrig() {}

  private static Path home() {
    return Path.of(System.getProperty("kubrig.home", "")).toAbsolutePath();
  }

  /** The program in one file. */
  static Path jar() {
    return JAR;
  }

  /** A file below {@code e2e/}. */
  public static Path file(String path) {
    return ROOT.resolve("e2e").resolve(path);
  }

  private static List<String> command(List<String> arguments) {
    if (!Files.exists(JAR)) {
      throw new IllegalStateException("the program is not packaged (" + JAR + "): run the build's package phase first");
    }
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto", "--enable-native-access=ALL-UNNAMED", "-jar",
        JAR.toString()));
    command.addAll(arguments);
    return command;
  }

  /** Runs the program to its end. */
  static Run run(Duration limit, String... arguments) {
    return Run.of(command(List.of(arguments)), Map.of(), "", limit);
  }

  /** Runs the program to its end behind another one, which becomes it. */
  static Run runBehind(List<String> prefix, Duration limit, String... arguments) {
    return Run.of(Stream.concat(prefix.stream(), command(List.of(arguments)).stream()).toList(), Map.of(), "", limit);
  }

  /** Starts the program; its output goes to a file, which is there to be read when something fails. */
  static Process start(Path output, String... arguments) {
    try {
      Files.createDirectories(output.getParent());
      return new ProcessBuilder(command(List.of(arguments))).redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile())).start();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start the program: " + e.getMessage(), e);
    }
  }

  /** A port that nobody uses, with two more behind it that nobody uses either. */
  static int freePort() {
    for (int attempt = 0; attempt < 100; attempt++) {
      try (ServerSocket first = new ServerSocket(0);
          ServerSocket second = new ServerSocket(first.getLocalPort() + 1);
          ServerSocket third = new ServerSocket(first.getLocalPort() + 2)) {
        if (third.isBound() && second.isBound()) {
          return first.getLocalPort();
        }
      } catch (IOException | IllegalArgumentException e) {
        continue; // a neighbour is in use: another try
      }
    }
    throw new IllegalStateException("no three free ports in a row");
  }

  /** A directory of its own below {@code target/}, new for every run. */
  static Path scratch(String name) {
    try {
      Path base = file("target/clusters");
      Files.createDirectories(base);
      return Files.createTempDirectory(base, name + "-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The first of these programs that is missing on the path; empty when all are there. */
  static Stream<String> missing(String... programs) {
    return Stream.of(programs)
        .filter(
            program ->
                Stream.concat(Stream.of(System.getenv("PATH").split(":")), Stream.of("/usr/sbin", "/sbin"))
                    .noneMatch(directory -> Files.isExecutable(Path.of(directory, program))));
  }
}
