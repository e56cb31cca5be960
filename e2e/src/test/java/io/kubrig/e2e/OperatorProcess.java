package io.kubrig.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** An operator in a process of its own, on this test's JDK. It is given a kubeconfig, as it would be outside of a cluster. */
final class OperatorProcess implements AutoCloseable {
  private final Path log;
  private final Process process;

  private OperatorProcess(Path log, Process process) {
    this.log = log;
    this.process = process;
  }

  /**
   * Starts an operator.
   *
   * @param directory where it may write, and where its log and its kubeconfig are
   * @param java arguments of the virtual machine, the last of which say what runs
   */
  static OperatorProcess start(Path directory, String kubeconfig, Map<String, String> environment, List<String> java) throws IOException {
    Path config = Files.writeString(directory.resolve("kubeconfig"), kubeconfig);
    Path log = directory.resolve("operator.log");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx512m"));
    command.addAll(java);
    ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true)
        .redirectOutput(log.toFile());
    builder.environment().putAll(environment);
    builder.environment().put("KUBECONFIG", config.toString());
    return new OperatorProcess(log, builder.start());
  }

  /** What it says when it no longer runs. */
  void runs() {
    if (!process.isAlive()) {
      throw new AssertionError("the operator ended with " + process.exitValue() + ":\n" + log());
    }
  }

  private String log() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
  }
}
