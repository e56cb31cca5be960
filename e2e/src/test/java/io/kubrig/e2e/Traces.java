package io.kubrig.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What a cluster of real containers leaves on a machine while it runs, each list sorted.
 *
 * @param processes command lines of container runtimes and shims
 * @param mounts mount points below {@code clusters/}, where the tests keep their data
 * @param links network devices of pods
 * @param namespaces named network namespaces
 * @param groups control groups of clusters
 * @param tables service rules
 */
record Traces(List<String> processes, List<String> mounts, List<String> links, List<String> namespaces, List<String> groups,
    List<String> tables) {
  private static final String OURS = Kubrig.file("target/clusters").toString();

  static Traces ofMachine() {
    return new Traces(
        lines(Path.of("/proc"), Traces::commandLine, line -> line.contains(OURS) && line.contains("containerd")),
        mountPoints(),
        names(Path.of("/sys/class/net"), name -> name.startsWith("kbr") || name.startsWith("veth")),
        names(Path.of("/run/netns"), name -> true),
        names(Path.of("/sys/fs/cgroup"), name -> name.startsWith("kubrig")),
        serviceRules());
  }

  /** The tables of service proxies; empty where there is no {@code nft} to ask. */
  static List<String> serviceRules() {
    if (Kubrig.missing("nft").findAny().isPresent()) {
      return List.of();
    }
    return Run.of(List.of("nft", "list", "tables"), Map.of(), "", Duration.ofSeconds(20)).ok().lines()
        .filter(line -> line.endsWith("kube-proxy")).sorted().toList();
  }

  private static List<String> mountPoints() {
    try (Stream<String> mounts = Files.lines(Path.of("/proc/self/mounts"))) {
      return mounts.map(line -> line.split(" ")[1]).filter(point -> point.startsWith(OURS)).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> names(Path directory, Predicate<String> counts) {
    return lines(directory, entry -> entry.getFileName().toString(), counts);
  }

  private static List<String> lines(Path directory, Function<Path, String> line, Predicate<String> counts) {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.map(line).filter(counts).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String commandLine(Path process) {
    try {
      return Files.readString(process.resolve("cmdline")).replace('\0', ' ');
    } catch (IOException e) {
      return ""; // no process, or one that has just ended
    }
  }
}
